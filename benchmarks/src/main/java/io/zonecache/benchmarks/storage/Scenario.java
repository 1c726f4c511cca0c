package io.zonecache.benchmarks.storage;

import io.zonecache.benchmarks.report.Results;
import java.io.IOException;

/** One thing to measure, again and again. Used by one thread. */
interface Scenario extends AutoCloseable {

    String name();

    /** What must be there before the first run. */
    default void prepare() throws IOException {}

    /** Goes on for about so long and adds its numbers. */
    void run(long nanos, Results results) throws IOException;

    @Override
    default void close() {}
}
