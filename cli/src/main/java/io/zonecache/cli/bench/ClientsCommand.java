package io.zonecache.cli.bench;

import io.zonecache.benchmarks.clients.ClientsBench;
import io.zonecache.benchmarks.clients.ClientsPlan;
import io.zonecache.cli.command.JsonOption;
import io.zonecache.client.OverRequestPolicy;
import io.zonecache.client.Verification;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code zonecache bench clients}. */
@Command(
        name = "clients",
        description = {
            "Measures this version's client beside another version's, for those who change it.",
            "",
            "Starts six nodes of this version and both clients, each in a process of its own; they read the same chunks of 512 KiB in turns,"
                    + " and who is first changes from turn to turn. A ratio is taken within each turn, so what the machine does meanwhile,"
                    + " it does to both. Each round starts both anew, as two JVMs of the same program can differ by a tenth."
                    + " dev/compare-clients builds the other version from its commit and runs this."
        },
        footer = {
            "",
            "Examples:",
            "  dev/compare-clients 117c9fe --readers 1,8,64",
            "  zonecache bench clients --other other/target/classes:libraries/* --quick",
            "",
            "Exit codes: 0 measured, whatever the figures are, 1 could not be run, 2 wrong usage."
        },
        mixinStandardHelpOptions = true)
public final class ClientsCommand implements Callable<Integer> {

    private static final int CHUNKS = 128;
    private static final int MAX_READS = 10_000_000;
    private static final int MAX_TURNS = 100;
    private static final int MAX_ROUNDS = 100;
    private static final int WARM_UP_READS = 4_000;
    private static final int QUICK_READS = 200;
    private static final int QUICK_TURNS = 2;

    @Option(
            names = "--other",
            paramLabel = "CLASS-PATH",
            required = true,
            description = "What the other version's client runs on: its jars and their dependencies.")
    private String other = "";

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often both clients are started anew. Default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(
            names = "--turns",
            paramLabel = "N",
            description = "In each round; figures are medians of the turns of all rounds. Default: ${DEFAULT-VALUE}.")
    private int turns = 5;

    @Option(
            names = "--turn-reads",
            paramLabel = "N",
            description = "Reads of each version in a turn, with each number of readers. Default: ${DEFAULT-VALUE}.")
    private int reads = 2_500;

    @Option(
            names = "--readers",
            paramLabel = "N",
            split = ",",
            description = "Reads in flight, one row for each number. Default: 1,8.")
    private List<Integer> readers = List.of(1, 8);

    @Option(
            names = "--verification",
            paramLabel = "HOW",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Verification verification = Verification.CHECKSUM;

    @Option(
            names = "--over-request",
            paramLabel = "HOW",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private OverRequestPolicy overRequest = OverRequestPolicy.HEDGED;

    @Option(names = "--quick", description = "Few reads: to see that it works.")
    private boolean quick;

    @Mixin
    private NodeOptions node = new NodeOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Options.check(spec, "--rounds", rounds, MAX_ROUNDS);
        Options.check(spec, "--turns", turns, MAX_TURNS);
        Options.check(spec, "--turn-reads", reads, MAX_READS);
        readers.forEach(count -> Options.check(spec, "--readers", count, CHUNKS));
        ClientsPlan plan = new ClientsPlan(
                node.directory(),
                other,
                quick ? 1 : rounds,
                quick ? QUICK_TURNS : turns,
                quick ? QUICK_READS : reads,
                quick ? QUICK_READS : WARM_UP_READS,
                CHUNKS,
                readers,
                verification,
                overRequest,
                node.jvmOptions(),
                node.memory());
        return new BenchRun(spec, json, node).of(steps -> new ClientsBench(plan, steps).run());
    }
}
