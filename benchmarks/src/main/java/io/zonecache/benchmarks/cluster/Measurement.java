package io.zonecache.benchmarks.cluster;

import io.zonecache.benchmarks.report.Results;

/** Something that takes its turns with others. Used by one thread. */
interface Measurement {

    /** Goes on for so many reads, or a fitting time, and adds its numbers. */
    void run(int reads, Results results);
}
