package io.zonecache.cli.bench;

import io.zonecache.benchmarks.faults.FaultsBench;
import io.zonecache.benchmarks.faults.FaultsPlan;
import io.zonecache.cli.command.JsonOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code zonecache bench faults}. */
@Command(
        name = "faults",
        description = {
            "Measures a client of a zone of twelve nodes of which parts fail, in turns with control runs without the failure.",
            "",
            "Steady reads while two nodes are silent (silent-nodes): chunks with at most one place on them (healthy), and those with two,"
                    + " which the zone can't decide (affected). Reads of 2 MiB through one link of 20 MiB/s by 4, 16 and 32 readers"
                    + " (narrow-link). Takes about ten minutes."
        },
        footer = {
            "",
            "Examples:",
            "  zonecache bench faults --quick",
            "  zonecache bench faults --json rows.json",
            "",
            "Exit codes: 0 measured, whatever the figures are, 1 could not be run, 2 wrong usage."
        },
        mixinStandardHelpOptions = true)
public final class FaultsCommand implements Callable<Integer> {

    private static final int CHUNKS = 400;
    private static final int LINK_READS = 96;
    private static final int SECONDS = 10;
    private static final int MAX_RATE = 100_000;
    private static final int MAX_TURNS = 100;
    private static final int QUICK_CHUNKS = 40;
    private static final int QUICK_READS = 100;
    private static final int QUICK_LINK_READS = 32;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Reads that begin in a second, in silent-nodes. Default: ${DEFAULT-VALUE}.")
    private int readsPerSecond = 400;

    @Option(
            names = "--turns",
            paramLabel = "N",
            description = "Turns to take the median of. Default: ${DEFAULT-VALUE}.")
    private int turns = 7;

    @Option(names = "--quick", description = "One turn of few reads: to see that it works.")
    private boolean quick;

    @Mixin
    private NodeOptions node = new NodeOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Options.check(spec, "--rate", readsPerSecond, MAX_RATE);
        Options.check(spec, "--turns", turns, MAX_TURNS);
        FaultsPlan plan = new FaultsPlan(
                node.directory(),
                FaultsPlan.DEFAULT_NODES,
                quick ? 1 : turns,
                readsPerSecond,
                quick ? QUICK_READS : readsPerSecond * SECONDS,
                quick ? QUICK_CHUNKS : CHUNKS,
                quick ? QUICK_LINK_READS : LINK_READS,
                node.jvmOptions(),
                node.memory());
        return new BenchRun(spec, json, node).of(steps -> new FaultsBench(plan, steps).run());
    }
}
