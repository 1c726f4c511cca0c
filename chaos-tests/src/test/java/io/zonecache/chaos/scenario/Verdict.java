package io.zonecache.chaos.scenario;

import java.util.List;

/**
 * How a trial ended.
 *
 * @param outcome whether the promise and the invariants held
 * @param figures in words, in order; the last one says how it ended
 */
public record Verdict(
        String scenario,
        String promise,
        Outcome outcome,
        double seconds,
        long reads,
        long failed,
        int originPeak,
        List<String> figures) {

    /** {@code NOT_RUN}: this machine lacks what it needs, or time was up. */
    public enum Outcome {
        HELD,
        BROKEN,
        NOT_RUN
    }

    public Verdict {
        figures = List.copyOf(figures);
    }

    /** Of a trial that ended before its figures were known. */
    public static Verdict broken(String scenario, String promise, Throwable failure) {
        return new Verdict(scenario, promise, Outcome.BROKEN, 0, 0, 0, 0, List.of(String.valueOf(failure)));
    }

    public static Verdict notRun(Scenario scenario, String reason) {
        return new Verdict(
                scenario.name(), scenario.promise(), Outcome.NOT_RUN, 0, 0, 0, 0, List.of("not run: " + reason));
    }
}
