package io.zonecache.chaos.driver;

import io.zonecache.chaos.report.Timeline;
import io.zonecache.chaos.scenario.Scenario;
import io.zonecache.chaos.scenario.Scenarios;
import io.zonecache.chaos.scenario.Trials;
import io.zonecache.chaos.scenario.Verdict;
import io.zonecache.chaos.zone.ZoneSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Scenarios, zone by zone, then again or random faults until the time is up. One thread's. */
final class ChaosRun {

    private final List<Scenario> scenarios;
    private final boolean again;
    private final int originBudget;
    private final long seed;
    private final SplittableRandom seeds;
    private final long endNanos;
    private final Path directory;
    private final Timeline timeline = new Timeline();
    private final List<Verdict> verdicts = new ArrayList<>();

    /**
     * @param again whether the same scenarios fill the time that is left, or random faults do
     * @param originBudget of each zone
     */
    ChaosRun(List<Scenario> scenarios, boolean again, int originBudget, long seed, Duration time, Path directory) {
        this.scenarios = scenarios;
        this.again = again;
        this.originBudget = originBudget;
        this.seed = seed;
        this.seeds = new SplittableRandom(seed);
        this.endNanos = System.nanoTime() + time.toNanos();
        this.directory = directory;
    }

    /** Prints the summary last. @return whether all held */
    boolean run(Duration overtime) throws IOException {
        Thread watchdog = new Thread(() -> haltAt(endNanos + overtime.toNanos()), "watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
        byZone().forEach(this::tryOn);
        ChaosReport report = new ChaosReport(seed, verdicts);
        report.write(directory, timeline);
        System.out.println(report.summary());
        return report.held();
    }

    /** One start for all scenarios that want the same zone. */
    private Map<ZoneSpec, List<Scenario>> byZone() {
        Map<ZoneSpec, List<Scenario>> zones = new LinkedHashMap<>();
        for (Scenario scenario : scenarios) {
            zones.computeIfAbsent(zoneOf(scenario), spec -> new ArrayList<>()).add(scenario);
        }
        return zones;
    }

    private ZoneSpec zoneOf(Scenario scenario) {
        return scenario.zone().withOriginBudget(originBudget);
    }

    private void tryOn(ZoneSpec spec, List<Scenario> wanted) {
        if (isOver()) {
            wanted.forEach(scenario -> verdicts.add(Verdict.notRun(scenario, "time was up")));
            return;
        }
        try (Trials trials = Trials.start(seeds.nextLong(), spec, timeline)) {
            for (Scenario scenario : wanted) {
                verdicts.add(
                        isOver()
                                ? Verdict.notRun(scenario, "time was up")
                                : tryOne(trials, scenario, seeds.nextLong()));
            }
            boolean isLast = spec.equals(zoneOf(scenarios.get(scenarios.size() - 1)));
            for (int round = 0; isLast && !isOver(); round++) {
                Scenario next = again ? wanted.get(round % wanted.size()) : Scenarios.random();
                verdicts.add(tryOne(trials, next, seeds.nextLong()));
            }
            trials.finish();
        } catch (RuntimeException | AssertionError e) {
            e.printStackTrace();
            verdicts.add(Verdict.broken("zone", "it starts, and its readers end and leave nothing", e));
        }
    }

    private static Verdict tryOne(Trials trials, Scenario scenario, long seed) {
        try {
            return trials.run(scenario, seed);
        } catch (Exception | AssertionError e) {
            System.out.println("  BROKEN: " + e);
            return Verdict.broken(scenario.name(), scenario.promise(), e);
        }
    }

    private boolean isOver() {
        return System.nanoTime() > endNanos;
    }

    /** Whatever hangs: the shutdown hooks remove what was started. */
    private static void haltAt(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(Math.max(0, nanos - System.nanoTime()));
        } catch (InterruptedException e) {
            return;
        }
        System.out.println("chaos: not over in time, given up: FAILED");
        System.exit(1);
    }
}
