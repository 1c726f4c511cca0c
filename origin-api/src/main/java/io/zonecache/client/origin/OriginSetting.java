package io.zonecache.client.origin;

import java.util.List;

/**
 * A setting of an origin that can be given as text, on a command line or in a configuration file. Immutable.
 *
 * @param name as in {@link OriginProvider#settings}, such as {@code endpoint}
 * @param expected the form of its values, for messages, such as {@code true or false}
 * @param description what it does, one sentence
 */
public record OriginSetting(String name, String expected, String description) {

    /** {@link OriginLimits#threads}. */
    public static final OriginSetting THREADS =
            new OriginSetting("threads", "1..10000", "Maximum number of calls to the origin at once. Default: 16.");

    /** {@link OriginLimits#queueLength}. */
    public static final OriginSetting QUEUE_LENGTH = new OriginSetting(
            "queueLength",
            "0..1000000",
            "Maximum number of calls that wait for a thread; more are BUSY. Default: 1024.");

    /** {@link OriginLimits#maxChunkBytes}. */
    public static final OriginSetting MAX_CHUNK_BYTES =
            new OriginSetting("maxChunkBytes", "1..16777216", "Longer objects are refused unread. Default: 16777216.");

    /** Those of {@link OriginLimits}, which {@link OriginSettings#limits} reads. */
    public static final List<OriginSetting> LIMITS = List.of(THREADS, QUEUE_LENGTH, MAX_CHUNK_BYTES);
}
