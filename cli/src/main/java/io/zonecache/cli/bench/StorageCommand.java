package io.zonecache.cli.bench;

import io.zonecache.benchmarks.storage.StorageBench;
import io.zonecache.benchmarks.storage.StoragePlan;
import io.zonecache.cli.command.JsonOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code zonecache bench storage}. */
@Command(
        name = "storage",
        description = {
            "Measures the storage of one node: a store in this process (store.*), a node in its own (node.*), over loopback.",
            "",
            "GETs of hot stripes, of stripes in the page cache (disk) and on the disk itself (cold), PUTs, both under eviction (churn),"
                    + " the eviction policy alone, and restarts by number of stripes. Stripes have 128 KiB, in restarts 1 KiB. Every"
                    + " figure is the median of several runs, after one to warm up; what is measured takes turns. Targets are the figures"
                    + " that are known of the original's nodes."
        },
        footer = {
            "",
            "Examples:",
            "  zonecache bench storage --quick",
            "  zonecache bench storage --data-dir /mnt/nvme --json rows.json",
            "  zonecache bench storage --node-jvm=-XX:+UseZGC",
            "",
            "Exit codes: 0 measured, whatever the figures are, 1 could not be run, 2 wrong usage."
        },
        mixinStandardHelpOptions = true)
public final class StorageCommand implements Callable<Integer> {

    private static final int MAX_SECONDS = 3_600;
    private static final int MAX_RUNS = 1_000;
    private static final int DISK_STRIPES = 4_000;
    private static final int QUICK_DISK_STRIPES = 1_000;
    private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long each run of each measurement takes. Default: ${DEFAULT-VALUE}.")
    private int seconds = 2;

    @Option(names = "--runs", paramLabel = "N", description = "Runs to take the median of. Default: ${DEFAULT-VALUE}.")
    private int runs = 5;

    @Option(names = "--quick", description = "A fifth of a second for each run, and little data: to see that it works.")
    private boolean quick;

    @Mixin
    private NodeOptions node = new NodeOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Options.check(spec, "--seconds", seconds, MAX_SECONDS);
        Options.check(spec, "--runs", runs, MAX_RUNS);
        StoragePlan plan = new StoragePlan(
                node.directory(),
                quick ? QUICK_NANOS : TimeUnit.SECONDS.toNanos(seconds),
                runs,
                quick ? QUICK_DISK_STRIPES : DISK_STRIPES,
                quick ? List.of(1_000, 10_000) : List.of(10_000, 100_000, 1_000_000),
                node.jvmOptions(),
                node.memory());
        return new BenchRun(spec, json, node).of(steps -> new StorageBench(plan, steps).run());
    }
}
