package io.zonecache.server.metrics;

import io.zonecache.model.CacheErrorCode;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** How a request ended, as in metrics: one of these, or the error's code in lower case. */
public final class Outcome {

    public static final String HOT = "hot";
    public static final String DISK = "disk";
    public static final String HELD = "held";
    public static final String MISS = "miss";
    public static final String STORED = "stored";
    public static final String DROPPED = "dropped";
    public static final String SOUND = "sound";
    public static final String GRANTED = "granted";
    public static final String FILLED = "filled";
    public static final String ABSENT = "absent";
    public static final String ENDED = "ended";
    public static final String SENT = "sent";
    public static final String UNCHANGED = "unchanged";
    /** The client went away before its answer was written. */
    public static final String ABANDONED = "abandoned";

    private static final Map<CacheErrorCode, String> CODES = codes();

    private Outcome() {}

    public static String of(CacheErrorCode code) {
        return CODES.getOrDefault(code, "");
    }

    private static Map<CacheErrorCode, String> codes() {
        Map<CacheErrorCode, String> labels = new EnumMap<>(CacheErrorCode.class);
        for (CacheErrorCode code : CacheErrorCode.values()) {
            labels.put(code, code.name().toLowerCase(Locale.ROOT));
        }
        return labels;
    }
}
