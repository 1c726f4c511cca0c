package io.zonecache.cli.command;

import io.zonecache.model.HostAndPort;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code HOST:PORT}, an IPv6 host in brackets. */
final class Addresses implements ITypeConverter<String> {

    @Override
    public String convert(String text) {
        try {
            return HostAndPort.parse(text).toString();
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
