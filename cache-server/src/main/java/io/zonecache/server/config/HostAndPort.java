package io.zonecache.server.config;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Where something is reached.
 *
 * @param host a name or an address; IPv6 in brackets
 * @param port 0 stands for none
 */
record HostAndPort(String host, int port) {

    HostAndPort {
        host = host.indexOf(':') >= 0 && !host.startsWith("[") ? '[' + host + ']' : host;
    }

    /** Null unless the text is a host, or a host and a port. */
    static @Nullable HostAndPort parse(String text) {
        try {
            URI uri = new URI("tcp", text, null, null, null);
            String host = uri.getHost();
            boolean isBare = host != null && uri.getUserInfo() == null && uri.getPort() <= 65_535;
            return isBare ? new HostAndPort(host, Math.max(0, uri.getPort())) : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    HostAndPort orPort(int standIn) {
        return port == 0 ? new HostAndPort(host, standIn) : this;
    }

    @Override
    public String toString() {
        return port == 0 ? host : host + ':' + port;
    }
}
