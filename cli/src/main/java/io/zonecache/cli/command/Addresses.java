package io.zonecache.cli.command;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code HOST:PORT}, an IPv6 host in brackets. */
final class Addresses implements ITypeConverter<String> {

    private static final int MAX_PORT = 65_535;

    @Override
    public String convert(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (host.isEmpty() || (host.contains(":") && !bracketed) || !isPort(text.substring(colon + 1))) {
            throw new TypeConversionException("\"" + text + "\" (expected: HOST:PORT)");
        }
        return text;
    }

    private static boolean isPort(String text) {
        try {
            int port = Integer.parseInt(text);
            return port >= 1 && port <= MAX_PORT;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
