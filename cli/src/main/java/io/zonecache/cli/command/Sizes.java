package io.zonecache.cli.command;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Bytes as people write them, {@code 512KiB}. */
final class Sizes implements ITypeConverter<Integer> {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})\\s*(|B|KiB|MiB)");
    private static final Map<String, Integer> UNITS = Map.of("", 1, "B", 1, "KiB", 1 << 10, "MiB", 1 << 20);

    @Override
    public Integer convert(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException("\"" + text + "\" (expected: a size such as 512KiB or 1MiB)");
        }
        Integer unit = UNITS.get(matcher.group(2));
        long bytes = Long.parseLong(matcher.group(1)) * (unit == null ? 1 : unit);
        if (bytes > Integer.MAX_VALUE) {
            throw new TypeConversionException("\"" + text + "\" (expected: less than 2048MiB)");
        }
        return (int) bytes;
    }
}
