package io.zonecache.benchmarks.report;

/** Told how far the work is. */
public interface BenchListener {

    void begin(String what, int steps);

    void done(int steps);

    void end();
}
