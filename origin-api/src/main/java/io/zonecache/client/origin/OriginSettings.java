package io.zonecache.client.origin;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An origin's settings as text, for its {@link OriginProvider}. What is no value of its kind counts as not set; {@link #check} names all of them.
 * Not thread-safe.
 */
public final class OriginSettings {

    private final Map<String, String> values;
    private final List<String> errors = new ArrayList<>();

    /**
     * Settings by name.
     *
     * @param values copied
     * @param known what the provider declares
     */
    public OriginSettings(Map<String, String> values, List<OriginSetting> known) {
        this.values = Map.copyOf(values);
        List<String> names = known.stream().map(OriginSetting::name).toList();
        this.values.keySet().stream()
                .filter(name -> !names.contains(name))
                .sorted()
                .forEach(name -> errors.add(
                        "setting " + name + ": unknown (expected: one of " + String.join(", ", names) + ")"));
    }

    /** The text; null if it is not set. */
    public @Nullable String text(OriginSetting setting) {
        return values.get(setting.name());
    }

    /** A whole number; the default if it is not set. */
    public int number(OriginSetting setting, int ifUnset) {
        String text = text(setting);
        try {
            return text == null ? ifUnset : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return wrong(setting, ifUnset);
        }
    }

    /** {@code true} or {@code false}; the default if it is not set. */
    public boolean flag(OriginSetting setting, boolean ifUnset) {
        String text = text(setting);
        return switch (text == null ? "" : text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> text == null ? ifUnset : wrong(setting, ifUnset);
        };
    }

    /** A URI; null if it is not set. */
    public @Nullable URI uri(OriginSetting setting) {
        String text = text(setting);
        try {
            return text == null ? null : new URI(text);
        } catch (URISyntaxException e) {
            errors.add(found(setting));
            return null;
        }
    }

    /** The settings of {@link OriginSetting#LIMITS}, and the defaults for the others. */
    public OriginLimits limits() {
        OriginLimits defaults = OriginLimits.DEFAULT;
        int threads = number(OriginSetting.THREADS, defaults.threads());
        int queueLength = number(OriginSetting.QUEUE_LENGTH, defaults.queueLength());
        int maxChunkBytes = number(OriginSetting.MAX_CHUNK_BYTES, defaults.maxChunkBytes());
        try {
            return new OriginLimits(threads, queueLength, maxChunkBytes);
        } catch (IllegalArgumentException e) {
            errors.add(String.valueOf(e.getMessage()));
            return defaults;
        }
    }

    /** @throws IllegalArgumentException naming every setting that is not known, and every value that was asked for and can't be read */
    public void check() {
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", errors));
        }
    }

    private <T> T wrong(OriginSetting setting, T ifUnset) {
        errors.add(found(setting));
        return ifUnset;
    }

    /**
     * A value for a message, in which a password does not belong.
     *
     * @param text an address in any form, right or wrong
     * @return the text without what stands before its last {@code @}
     */
    public static String withoutUser(String text) {
        return text.replaceFirst("(?s)^.*@", "...@");
    }

    private String found(OriginSetting setting) {
        return setting.name() + ": " + withoutUser(String.valueOf(text(setting))) + " (expected: " + setting.expected()
                + ")";
    }
}
