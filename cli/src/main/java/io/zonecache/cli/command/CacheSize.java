package io.zonecache.cli.command;

import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A capacity as people write it: a number of entries, or bytes with a unit.
 *
 * @param text as it was written
 * @param inBytes whether the amount is bytes and not entries
 */
record CacheSize(String text, long amount, boolean inBytes) {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})(|B|KiB|MiB|GiB|TiB)");
    private static final Map<String, Long> UNITS =
            Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "TiB", 1L << 40);

    /** How many entries of one size fit, where only a share of all keys is looked at; at most what an int holds. */
    long entries(long entryBytes, BigDecimal share) {
        long whole = inBytes ? amount / entryBytes : amount;
        return Math.min(
                Integer.MAX_VALUE, BigDecimal.valueOf(whole).multiply(share).longValue());
    }

    /** For picocli. */
    static final class Converter implements ITypeConverter<CacheSize> {

        @Override
        public CacheSize convert(String text) {
            Matcher matcher = SIZE.matcher(text);
            Long unit = matcher.matches() ? UNITS.getOrDefault(matcher.group(2), 1L) : null;
            if (unit == null) {
                throw new TypeConversionException("\"" + text
                        + "\" (expected: a number of entries such as 1000, or bytes such as 64MiB or 10GiB)");
            }
            try {
                long amount = Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
                return new CacheSize(text, amount, !matcher.group(2).isEmpty());
            } catch (ArithmeticException e) {
                throw new TypeConversionException("\"" + text + "\" (expected: less than 8388608TiB)");
            }
        }
    }
}
