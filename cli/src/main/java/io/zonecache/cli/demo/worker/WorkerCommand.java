package io.zonecache.cli.demo.worker;

/**
 * A line that a worker is told.
 *
 * @param phase for RUN
 * @param once for RUN: every chunk once, then end; otherwise any chunk until FINISH
 */
public record WorkerCommand(Type type, String phase, boolean once) {

    /** What is to be done. */
    public enum Type {
        RUN,
        FINISH,
        /** Answer when no write-back is under way. */
        IDLE,
        /** Read until no node that is up is left out, then answer as to IDLE. */
        SETTLE
    }

    public static WorkerCommand run(String phase, boolean once) {
        return new WorkerCommand(Type.RUN, phase, once);
    }

    public static WorkerCommand finish() {
        return new WorkerCommand(Type.FINISH, "", false);
    }

    public static WorkerCommand settle() {
        return new WorkerCommand(Type.SETTLE, "", false);
    }

    public static WorkerCommand idle() {
        return new WorkerCommand(Type.IDLE, "", false);
    }
}
