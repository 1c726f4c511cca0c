package io.zonecache.cli.demo.worker;

import org.jspecify.annotations.Nullable;

/**
 * A line that a worker says.
 *
 * @param done for PROGRESS: reads that have ended in this phase
 * @param tally for DONE
 * @param message for FAILED
 */
public record WorkerReport(
        Type type,
        long done,
        @Nullable Tally tally,
        @Nullable String message) {

    /** What it is about. */
    public enum Type {
        READY,
        PROGRESS,
        DONE,
        IDLE,
        FAILED
    }

    static WorkerReport of(Type type) {
        return new WorkerReport(type, 0, null, null);
    }

    static WorkerReport progress(long done) {
        return new WorkerReport(Type.PROGRESS, done, null, null);
    }

    static WorkerReport done(Tally tally) {
        return new WorkerReport(Type.DONE, tally.reads(), tally, null);
    }

    static WorkerReport failed(String message) {
        return new WorkerReport(Type.FAILED, 0, null, message);
    }
}
