package io.zonecache.cli.bench;

import io.zonecache.benchmarks.refill.RefillBench;
import io.zonecache.benchmarks.refill.RefillPlan;
import io.zonecache.cli.command.JsonOption;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code zonecache bench refill}. */
@Command(
        name = "refill",
        description = {
            "Measures how long a zone takes to get its chunks back after all its nodes have forgotten them.",
            "",
            "Starts six nodes, and clients and an origin in this process. The origin counts, and takes a fixed time for each chunk. The nodes are"
                    + " emptied and filled several times, until the JVMs are warm. Then they are emptied, and every client reads every chunk,"
                    + " all at once (at-once), or all clients read any chunks at a steady rate until each has been read (steady). The ideal is"
                    + " chunks x latency / (budget - reserve); last-wanted is when the last chunk was asked for first, last-back when it was"
                    + " there, slowest-chunk the longest time from when a chunk was asked for first until it was there. control: the same"
                    + " reads as at-once while nothing is missing, which is what this machine takes for them alone."
        },
        footer = {
            "",
            "Examples:",
            "  zonecache bench refill --quick",
            "  zonecache bench refill --budgets 16,64,100 --clients 2",
            "",
            "Exit codes: 0 measured, whatever the figures are, 1 could not be run, 2 wrong usage."
        },
        mixinStandardHelpOptions = true)
public final class RefillCommand implements Callable<Integer> {

    private static final int MAX = 100_000;
    private static final int MAX_CLIENTS = 200;
    private static final int MAX_RUNS = 100;
    private static final int QUICK_CHUNKS = 60;

    /** After these a run takes as long as the next one, on two cores. */
    private static final int WARM_UPS = 8;

    @Option(
            names = "--budgets",
            paramLabel = "N,...",
            split = ",",
            description = "Origin budgets, 4 of each in reserve; a zone for each. Default: 16,64.")
    private List<Integer> budgets = List.of(16, 64);

    @Option(names = "--chunks", paramLabel = "N", description = "Chunks in the zone. Default: ${DEFAULT-VALUE}.")
    private int chunks = 400;

    @Option(names = "--clients", paramLabel = "N", description = "Clients that read. Default: ${DEFAULT-VALUE}.")
    private int clients = 4;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Reads per second of all clients together. Default: ${DEFAULT-VALUE}.")
    private int rate = 200;

    @Option(
            names = "--latency",
            paramLabel = "MS",
            description = "Milliseconds that the origin takes. Default: ${DEFAULT-VALUE}, S3's mean.")
    private int latencyMillis = 45;

    @Option(names = "--runs", paramLabel = "N", description = "Runs to take the median of. Default: ${DEFAULT-VALUE}.")
    private int runs = 7;

    @Option(names = "--quick", description = "One run of 60 chunks: to see that it works.")
    private boolean quick;

    @Mixin
    private NodeOptions node = new NodeOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        budgets.forEach(budget -> Options.check(spec, "--budgets", budget, 10, MAX));
        Options.check(spec, "--chunks", chunks, MAX);
        Options.check(spec, "--clients", clients, MAX_CLIENTS);
        Options.check(spec, "--rate", rate, MAX);
        Options.check(spec, "--latency", latencyMillis, MAX);
        Options.check(spec, "--runs", runs, MAX_RUNS);
        RefillPlan plan = new RefillPlan(
                node.directory(),
                budgets,
                quick ? QUICK_CHUNKS : chunks,
                clients,
                rate,
                latencyMillis,
                quick ? 0 : WARM_UPS,
                quick ? 1 : runs,
                node.jvmOptions(),
                node.memory());
        return new BenchRun(spec, json, node).of(steps -> new RefillBench(plan, steps).run());
    }
}
