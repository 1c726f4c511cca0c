package io.zonecache.model;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text of IPv6 addresses: reads every form of RFC 4291, section 2.2, and writes the one of RFC 5952. Looks nothing up. */
final class Ipv6Text {

    private static final int GROUPS = 8;
    private static final int MAPPED_PREFIX_GROUPS = 5;
    private static final Pattern GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");
    private static final Pattern DOTTED = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern ZONE = Pattern.compile("%[A-Za-z0-9._~-]{1,64}");

    private Ipv6Text() {}

    /** Null unless the text is an IPv6 address without brackets. One that stands for an IPv4 address ({@code ::ffff:10.0.0.7}) becomes that. */
    static @Nullable String canonical(String text) {
        int percent = text.indexOf('%');
        String zone = percent < 0 ? "" : text.substring(percent);
        List<Integer> groups = groups(percent < 0 ? text : text.substring(0, percent));
        if (groups.size() != GROUPS || !(zone.isEmpty() || ZONE.matcher(zone).matches())) {
            return null;
        }
        if (isMapped(groups)) {
            return zone.isEmpty() ? dotted(groups.get(GROUPS - 2), groups.get(GROUPS - 1)) : null;
        }
        return format(groups) + zone;
    }

    /** Other than eight groups where the text is no address. */
    private static List<Integer> groups(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            return parts(text, true);
        }
        List<Integer> groups = parts(text.substring(0, gap), false);
        List<Integer> tail = parts(text.substring(gap + 2), true);
        boolean bothRead = (gap == 0 || !groups.isEmpty()) && (gap + 2 == text.length() || !tail.isEmpty());
        if (!bothRead || groups.size() + tail.size() >= GROUPS) {
            return List.of();
        }
        while (groups.size() + tail.size() < GROUPS) {
            groups.add(0);
        }
        groups.addAll(tail);
        return groups;
    }

    /**
     * Empty where a part is no group.
     *
     * @param isEnd whether the last two groups may be written as an IPv4 address
     */
    private static List<Integer> parts(String text, boolean isEnd) {
        List<Integer> groups = new ArrayList<>();
        String[] parts = text.isEmpty() ? new String[0] : text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            if (GROUP.matcher(parts[i]).matches()) {
                groups.add(Integer.parseInt(parts[i], 16));
            } else if (isEnd
                    && i == parts.length - 1
                    && DOTTED.matcher(parts[i]).matches()) {
                addDotted(parts[i], groups);
            } else {
                return new ArrayList<>();
            }
        }
        return groups;
    }

    private static void addDotted(String text, List<Integer> groups) {
        String[] octets = text.split("\\.", -1);
        for (int i = 0; i < octets.length; i += 2) {
            int high = Integer.parseInt(octets[i]);
            int low = Integer.parseInt(octets[i + 1]);
            if (high > 255 || low > 255) {
                groups.clear();
                return;
            }
            groups.add(high << 8 | low);
        }
    }

    private static boolean isMapped(List<Integer> groups) {
        return groups.subList(0, MAPPED_PREFIX_GROUPS).stream().allMatch(group -> group == 0)
                && groups.get(MAPPED_PREFIX_GROUPS) == 0xffff;
    }

    private static String dotted(int high, int low) {
        return (high >> 8) + "." + (high & 0xff) + "." + (low >> 8) + "." + (low & 0xff);
    }

    /** The first of the longest runs of two and more zeros becomes {@code ::}. */
    private static String format(List<Integer> groups) {
        int start = 0;
        int length = 1;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && groups.get(end) == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        return length < 2
                ? join(groups)
                : join(groups.subList(0, start)) + "::" + join(groups.subList(start + length, GROUPS));
    }

    private static String join(List<Integer> groups) {
        return String.join(":", groups.stream().map(Integer::toHexString).toList());
    }
}
