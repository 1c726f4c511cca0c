package io.zonecache.model;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A code and its numbers: {@code data} (k) stripes suffice to decode, {@code parity} (m) may be lost.
 *
 * <p>Written {@code 4-of-5} (XOR where it can do it, else Reed-Solomon) or {@code reed_solomon:4-of-5}.
 */
public record CodeSpec(CodeName name, int data, int parity) {

    public static final int MAX_DATA = 32;
    public static final int MAX_PARITY = 16;

    /** What {@link #parse} takes, for messages. */
    public static final String FORM = "k-of-n such as 4-of-5, or reed_solomon:4-of-6, where k is 1.." + MAX_DATA
            + " and n is k..k+" + MAX_PARITY + ", or k..k+1 after xor:";

    private static final Pattern TEXT = Pattern.compile("(?:(xor|reed_solomon):)?(\\d{1,3})-of-(\\d{1,3})");

    public CodeSpec {
        if (data < 1 || data > MAX_DATA) {
            throw new IllegalArgumentException("data stripes: " + data + " (expected: 1..32)");
        }
        if (parity < 0 || parity > MAX_PARITY) {
            throw new IllegalArgumentException("parity stripes: " + parity + " (expected: 0..16)");
        }
        if (name == CodeName.XOR && parity > 1) {
            throw new IllegalArgumentException("parity stripes of XOR: " + parity + " (expected: 0..1)");
        }
    }

    /** @throws IllegalArgumentException with the value and what was expected */
    public static CodeSpec parse(String text) {
        Matcher matcher = TEXT.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw badCode(text, null);
        }
        int data = Integer.parseInt(matcher.group(2));
        int parity = Integer.parseInt(matcher.group(3)) - data;
        String name = matcher.group(1);
        CodeName inferred = parity > 1 ? CodeName.REED_SOLOMON : CodeName.XOR;
        try {
            return new CodeSpec(
                    name == null ? inferred : CodeName.valueOf(name.toUpperCase(Locale.ROOT)), data, parity);
        } catch (IllegalArgumentException e) {
            throw badCode(text, e);
        }
    }

    private static IllegalArgumentException badCode(String text, @Nullable Throwable cause) {
        return new IllegalArgumentException("code: \"" + text + "\" (expected: " + FORM + ")", cause);
    }

    /** The default for a zone of that many nodes: never more stripes than nodes, except that one node keeps the chunk whole. */
    public static CodeSpec defaultFor(int expectedNodes) {
        int stripes = Math.max(1, Math.min(expectedNodes, 5));
        return stripes == 1 ? new CodeSpec(CodeName.XOR, 1, 0) : new CodeSpec(CodeName.XOR, stripes - 1, 1);
    }

    /** n = k + m. */
    public int stripes() {
        return data + parity;
    }

    public int payloadBytes(int chunkBytes) {
        return (chunkBytes + data - 1) / data;
    }

    @Override
    public String toString() {
        return name + " " + data + "-of-" + stripes();
    }
}
