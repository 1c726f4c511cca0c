package io.zonecache.client.internal.transport;

import io.netty.util.NetUtil;
import io.zonecache.model.HostAndPort;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** What connecting to a node needs beyond {@link HostAndPort}: the address to dial, and the host as a request names it. */
record NodeAddress(HostAndPort address) {

    /**
     * Reads {@code host:port} as {@link HostAndPort#parse(String)} does, but also accepts an IPv6 address without brackets, since views of earlier
     * versions have those: the port follows the last colon.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static NodeAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        boolean lacksBrackets = !text.startsWith("[") && text.indexOf(':') != colon;
        String bracketed = lacksBrackets ? '[' + text.substring(0, colon) + ']' + text.substring(colon) : text;
        return new NodeAddress(HostAndPort.parse(bracketed));
    }

    String host() {
        return address.host();
    }

    int port() {
        return address.port();
    }

    /** The address itself if the host is one; null if it is a name. */
    @Nullable
    InetAddress literal() {
        String host = host();
        if (!NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host)) {
            return null;
        }
        try {
            // Looks nothing up: it is a literal.
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("address: " + host + " (expected: an IPv6 scope id of this machine)", e);
        }
    }

    /** The host as a request names it: an IPv6 address in brackets, without its zone, which has a meaning on this machine only. */
    String authorityHost() {
        String host = address.bracketedHost();
        return address.hasZone() ? host.substring(0, host.indexOf('%')) + ']' : host;
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
