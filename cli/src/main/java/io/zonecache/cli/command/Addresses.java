package io.zonecache.cli.command;

import io.zonecache.model.HostAndPort;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code HOST:PORT}, an IPv6 host in brackets. */
final class Addresses implements ITypeConverter<String> {

    @Override
    public String convert(String text) {
        HostAndPort address;
        try {
            address = HostAndPort.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
        if (address.hasZone()) {
            throw new TypeConversionException("\"" + text + "\" (expected: an address without a zone such as %eth0)");
        }
        return address.toString();
    }
}
