package io.zonecache.cli.bench;

import io.zonecache.benchmarks.herd.HerdBench;
import io.zonecache.benchmarks.herd.HerdPlan;
import io.zonecache.cli.command.JsonOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code zonecache bench herd}. */
@Command(
        name = "herd",
        description = {
            "Counts what thousands of readers who want the same missing chunk at once cost the origin.",
            "",
            "Starts six nodes, an S3 server that counts its GETs and answers as slowly as the real one, and client processes. In each of"
                    + " them many readers ask for a chunk that no node has, all at the same time: undisturbed (herd), with the client killed"
                    + " that fetches it (holder-killed; GETs from then on), and with the node killed that lets it do so"
                    + " (coordinator-killed). A row's last-reader is the time until the last one had its chunk. Each client is a JVM of"
                    + " some 100 MB: 20 of them take a minute or two to start on two processors."
        },
        footer = {
            "",
            "Examples:",
            "  zonecache bench herd --quick",
            "  zonecache bench herd --json rows.json",
            "  zonecache bench herd --clients 4 --readers 40000",
            "",
            "Exit codes: 0 measured, whatever the figures are, 1 could not be run, 2 wrong usage."
        },
        mixinStandardHelpOptions = true)
public final class HerdCommand implements Callable<Integer> {

    private static final int MAX_CLIENTS = 200;
    private static final int MAX_READERS = 1_000_000;
    private static final int MAX_RUNS = 100;
    private static final int QUICK_CLIENTS = 3;
    private static final int QUICK_READERS = 300;

    @Option(names = "--clients", paramLabel = "N", description = "Client processes. Default: ${DEFAULT-VALUE}.")
    private int clients = 20;

    @Option(
            names = "--readers",
            paramLabel = "N",
            description = "Readers at once, of all clients together. Default: ${DEFAULT-VALUE}.")
    private int readers = 10_000;

    @Option(names = "--runs", paramLabel = "N", description = "Runs to take the median of. Default: ${DEFAULT-VALUE}.")
    private int runs = 3;

    @Option(names = "--quick", description = "One run of 300 readers in 3 clients: to see that it works.")
    private boolean quick;

    @Mixin
    private NodeOptions node = new NodeOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Options.check(spec, "--clients", clients, 2, MAX_CLIENTS);
        Options.check(spec, "--readers", readers, clients, MAX_READERS);
        Options.check(spec, "--runs", runs, MAX_RUNS);
        int processes = quick ? QUICK_CLIENTS : clients;
        HerdPlan plan = new HerdPlan(
                node.directory(),
                processes,
                (quick ? QUICK_READERS : readers) / processes,
                quick ? 1 : runs,
                node.jvmOptions(),
                node.memory());
        return new BenchRun(spec, json, node).of(steps -> new HerdBench(plan, steps).run());
    }
}
