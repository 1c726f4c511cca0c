package io.zonecache.model;

import java.util.regex.Pattern;

/**
 * Where something listens or is reached. The text is {@code host:port}, {@code 10.0.0.7:7400} or {@code [fd00::7]:7400}: an IPv6 address has
 * brackets, always and nowhere else, so that no text has two readings. Every spelling of an IPv6 address becomes the one of RFC 5952, and an
 * IPv4-mapped one becomes the IPv4 address that it stands for, so that equal values mean equal endpoints. A name is kept as it was given
 * and is never looked up. Immutable.
 *
 * @param host a name or an address, without brackets; an IPv6 address may end in a zone such as {@code %eth0}
 * @param port 0..65535; 0 where none has been chosen yet, which no text may say
 */
public record HostAndPort(String host, int port) {

    private static final int MAX_PORT = 65_535;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,253}");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]+");
    private static final String OCTET = "(0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");

    private static final String BOTH = "host:port";
    private static final String IN_BRACKETS = "an IPv6 address in brackets, as in [fd00::7]:7400";

    /** @throws IllegalArgumentException unless {@link #parseHost} takes the host and the port is in range */
    public HostAndPort {
        host = parseHost(host);
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0.." + MAX_PORT + ")");
        }
    }

    /**
     * Reads {@code host:port}.
     *
     * @throws IllegalArgumentException with the text and what was expected
     */
    public static HostAndPort parse(String text) {
        HostAndPort address = parse(text, 0);
        if (address.port == 0) {
            throw wrong(text, BOTH);
        }
        return address;
    }

    /**
     * Reads {@code host} or {@code host:port}. An IPv6 address needs its brackets here too: where its last group ends and a port begins
     * could not be told otherwise.
     *
     * @param defaultPort taken where the text has none
     * @throws IllegalArgumentException with the text and what was expected
     */
    public static HostAndPort parse(String text, int defaultPort) {
        int colon = text.indexOf(':');
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            if (end < 0) {
                throw wrong(text, IN_BRACKETS);
            }
            colon = end + 1 < text.length() ? end + 1 : -1;
            if (colon >= 0 && text.charAt(colon) != ':') {
                throw wrong(text, BOTH);
            }
        } else if (colon != text.lastIndexOf(':')) {
            throw wrong(text, IN_BRACKETS);
        }
        String host = canonicalHost(colon < 0 ? text : text.substring(0, colon), text);
        return new HostAndPort(host, colon < 0 ? defaultPort : port(text.substring(colon + 1), text));
    }

    /**
     * Reads a host alone, such as an address to bind: an IPv6 address may do without brackets here.
     *
     * @return the host as {@link #host()} has it
     * @throws IllegalArgumentException with the text and what was expected
     */
    public static String parseHost(String text) {
        return canonicalHost(text.indexOf(':') >= 0 && !text.startsWith("[") ? '[' + text + ']' : text, text);
    }

    /** The host as it stands in a URL or a {@code Host} header: an IPv6 address in brackets. */
    public String bracketedHost() {
        return host.indexOf(':') >= 0 ? '[' + host + ']' : host;
    }

    /** Whether the host is an IPv6 address with a zone, which names an interface of one machine and means nothing elsewhere. */
    public boolean hasZone() {
        return host.indexOf('%') >= 0;
    }

    /** The text that {@link #parse(String)} reads. */
    @Override
    public String toString() {
        return bracketedHost() + ':' + port;
    }

    /** @param host an IPv6 address in brackets, or anything else */
    private static String canonicalHost(String host, String text) {
        if (host.startsWith("[")) {
            String address = host.endsWith("]") ? Ipv6Text.canonical(host.substring(1, host.length() - 1)) : null;
            if (address == null) {
                throw wrong(text, "an IPv6 address such as [fd00::7] or [fe80::7%eth0]");
            }
            return address;
        }
        if (!NAME.matcher(host).matches()) {
            throw wrong(text, host.isEmpty() ? "a host" : "a host of letters, digits, '.', '-' and '_'");
        }
        if (NUMERIC.matcher(host).matches() && !IPV4.matcher(host).matches()) {
            throw wrong(text, "an IPv4 address of four numbers up to 255, without leading zeros");
        }
        return host;
    }

    private static int port(String digits, String text) {
        int port = PORT.matcher(digits).matches() ? Integer.parseInt(digits) : 0;
        if (port < 1 || port > MAX_PORT) {
            throw wrong(text, "a port of 1.." + MAX_PORT);
        }
        return port;
    }

    private static IllegalArgumentException wrong(String text, String expected) {
        return new IllegalArgumentException('"' + text + "\" (expected: " + expected + ')');
    }
}
