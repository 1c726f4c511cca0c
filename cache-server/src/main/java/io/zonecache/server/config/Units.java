package io.zonecache.server.config;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes and durations as people write them: {@code 256MiB}, {@code 100ms}. */
final class Units {

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,18})\\s*([A-Za-z]*)");

    private static final Pattern FRACTION = Pattern.compile("1/(\\d{1,9})");

    private static final Map<String, Long> SIZES = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("B", 1L),
            Map.entry("KiB", 1L << 10),
            Map.entry("MiB", 1L << 20),
            Map.entry("GiB", 1L << 30),
            Map.entry("TiB", 1L << 40),
            Map.entry("Ki", 1L << 10),
            Map.entry("Mi", 1L << 20),
            Map.entry("Gi", 1L << 30),
            Map.entry("Ti", 1L << 40),
            Map.entry("kB", 1_000L),
            Map.entry("MB", 1_000_000L),
            Map.entry("GB", 1_000_000_000L),
            Map.entry("TB", 1_000_000_000_000L));

    private static final Map<String, Long> DURATION_MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "min", 60_000L, "h", 3_600_000L);

    private Units() {}

    /** @throws IllegalArgumentException unless the text is a number with an optional unit of bytes */
    static long parseBytes(String text) {
        return parse(text, SIZES);
    }

    /** @throws IllegalArgumentException unless the text is a number with a unit of time */
    static Duration parseDuration(String text) {
        return Duration.ofMillis(parse(text, DURATION_MILLIS));
    }

    /** @throws IllegalArgumentException unless the text is a fraction of one or a decimal number, above 0 and at most 1 */
    static double parseShare(String text) {
        Matcher fraction = FRACTION.matcher(text);
        double share = fraction.matches() ? 1.0 / Long.parseLong(fraction.group(1)) : Double.parseDouble(text);
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(text);
        }
        return share;
    }

    private static long parse(String text, Map<String, Long> units) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException(text);
        }
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
