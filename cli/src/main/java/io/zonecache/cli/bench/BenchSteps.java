package io.zonecache.cli.bench;

import io.zonecache.benchmarks.report.BenchListener;
import io.zonecache.cli.terminal.Progress;

/** A bench's steps as a bar. */
final class BenchSteps implements BenchListener {

    private final Progress progress;
    private int steps;

    BenchSteps(Progress progress) {
        this.progress = progress;
    }

    @Override
    public void begin(String what, int newSteps) {
        steps = newSteps;
        progress.begin(what, newSteps);
    }

    @Override
    public void done(int done) {
        progress.update(done);
    }

    @Override
    public void end() {
        progress.end(steps + " measurements");
    }
}
