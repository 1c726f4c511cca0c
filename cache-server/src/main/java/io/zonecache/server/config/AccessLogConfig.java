package io.zonecache.server.config;

import java.nio.file.Path;

/**
 * Where references are written down.
 *
 * @param share of all keys whose references are written, above 0 and at most 1
 * @param maxBytes of the file and the one before it together
 */
public record AccessLogConfig(Path file, double share, long maxBytes) {

    /** Eight buffers in each half. */
    public static final long MIN_BYTES = 1L << 20;
}
