package io.zonecache.client.internal.transport;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Where a node listens.
 *
 * @param host a name or a literal address, without brackets; an IPv6 address may end in a zone such as {@code %eth0}
 */
record NodeAddress(String host, int port) {

    private static final int MAX_PORT = 65_535;

    /**
     * Reads {@code host:port}, an IPv6 address with or without its brackets: the port follows the last colon.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static NodeAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, Math.max(0, colon));
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        String bare = isBracketed ? host.substring(1, host.length() - 1) : host;
        int port = parsePort(text.substring(colon + 1));
        boolean isAddress = bare.indexOf(':') < 0 ? !isBracketed : NetUtil.isValidIpV6Address(bare);
        if (bare.isEmpty() || port < 1 || port > MAX_PORT || !isAddress) {
            throw new IllegalArgumentException("address: \"" + text + "\" (expected: host:port)");
        }
        return new NodeAddress(bare, port);
    }

    /** The address itself if the host is one; null if it is a name. */
    @Nullable
    InetAddress literal() {
        if (!NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host)) {
            return null;
        }
        try {
            // Looks nothing up: it is a literal.
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("address: " + host + " (expected: one of this machine's zones)", e);
        }
    }

    /** The host as a request names it: an IPv6 address in brackets, without a zone, which means something on this machine only. */
    String authorityHost() {
        if (host.indexOf(':') < 0) {
            return host;
        }
        int zone = host.indexOf('%');
        return '[' + (zone < 0 ? host : host.substring(0, zone)) + ']';
    }

    private static int parsePort(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
