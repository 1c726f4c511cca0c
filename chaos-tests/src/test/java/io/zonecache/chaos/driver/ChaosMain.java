package io.zonecache.chaos.driver;

import io.zonecache.chaos.scenario.Scenario;
import io.zonecache.chaos.scenario.Scenarios;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Breaks real nodes on purpose and checks what the zone promises. Exit code 0 if all held, 1 if something did not, 2 for wrong usage. */
@Command(
        name = "dev/chaos",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Breaks nodes in containers on purpose, and checks what the zone promises.",
            "Runs every scenario, then random faults until the time is up. The last line is the summary; exit code 0 if all held, else 1."
        })
public final class ChaosMain implements Callable<Integer> {

    /** What the start, the last scenario and the end may take beyond the minutes. */
    private static final Duration OVERTIME = Duration.ofMinutes(4);

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "20",
            description = "How long, 1..1440; up to 5 more for start and end. Default: ${DEFAULT-VALUE}.")
    private int minutes;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "What random choices come from. Default: one from the clock; it is printed.")
    private @Nullable Long seed;

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            description = "Only this one, again and again until the time is up. May be given several times.")
    private List<String> only = List.of();

    @Option(
            names = "--origin-budget",
            paramLabel = "N",
            defaultValue = "16",
            description = "Maximum number of origin fetches of the zone at once, 10..1000. Default: ${DEFAULT-VALUE}.")
    private int originBudget;

    @Option(names = "--list", description = "Tells the scenarios and what they promise, and runs nothing.")
    private boolean list;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            defaultValue = "chaos-tests/target/chaos",
            description = "Where the report goes. Default: ${DEFAULT-VALUE}.")
    private Path report = Path.of("");

    public static void main(String[] args) {
        System.exit(new CommandLine(new ChaosMain()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        check("--minutes", minutes, 1, 1_440);
        check("--origin-budget", originBudget, 10, 1_000);
        if (list) {
            Scenarios.all().forEach(one -> System.out.printf(Locale.ROOT, "%-20s %s%n", one.name(), one.promise()));
            return 0;
        }
        long used = seed == null ? System.nanoTime() & 0xFFFFFFL : seed;
        System.out.println("seed " + used);
        ChaosRun run = new ChaosRun(chosen(), !only.isEmpty(), originBudget, used, Duration.ofMinutes(minutes), report);
        return run.run(OVERTIME) ? 0 : 1;
    }

    private void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new CommandLine.ParameterException(
                    new CommandLine(this), name + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }

    private List<Scenario> chosen() {
        List<Scenario> all = Scenarios.all();
        List<String> names = all.stream().map(Scenario::name).toList();
        for (String name : only) {
            if (!names.contains(name)) {
                throw new CommandLine.ParameterException(
                        new CommandLine(this),
                        "--scenario: " + name + " (expected: one of " + String.join(", ", names) + ")");
            }
        }
        return only.isEmpty()
                ? all
                : all.stream().filter(one -> only.contains(one.name())).toList();
    }
}
