package io.zonecache.cli.bench;

import io.zonecache.benchmarks.cluster.ClusterBench;
import io.zonecache.benchmarks.cluster.ClusterPlan;
import io.zonecache.benchmarks.cluster.peer.PeerKind;
import io.zonecache.cli.command.CommandException;
import io.zonecache.cli.command.JsonOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code zonecache bench cluster}. */
@Command(
        name = "cluster",
        description = {
            "Measures what a zone of six nodes gives a client on this machine, next to other caches with the same chunks.",
            "",
            "Hits of 512 KiB by one reader and by eight, for each verification and policy; with memcached also on six servers, each chunk in"
                    + " four pieces, which shows what striping itself costs; one node that answers 20 ms late, under 4-of-5,"
                    + " 4-of-4 and with whole chunks on one node, all nodes behind proxies; the codes alone; a node killed and two"
                    + " restarted while clients read. All but the last take turns, figures are medians of the turns. Before each turn every"
                    + " chunk is read and every byte checked. Takes about ten minutes."
        },
        footer = {
            "",
            "Examples:",
            "  zonecache bench cluster --quick",
            "  zonecache bench cluster --peer redis,memcached,varnish --json rows.json",
            "  zonecache bench cluster --peer redis,memcached --readers 1,8,64",
            "",
            "Exit codes: 0 measured, whatever the figures are, 1 could not be run, 2 wrong usage."
        },
        mixinStandardHelpOptions = true)
public final class ClusterCommand implements Callable<Integer> {

    private static final int CHUNKS = 128;
    private static final int WARM_UP_READS = 1_500;
    private static final int MAX_READS = 10_000_000;
    private static final int MAX_TURNS = 100;
    private static final int QUICK_READS = 200;
    private static final int QUICK_TURNS = 2;
    private static final int MAX_READERS = CHUNKS;

    /** As many as readers at least, who read chunks of their own. */
    private static final int QUICK_CHUNKS = 16;

    @Option(
            names = "--peer",
            paramLabel = "PEER",
            split = ",",
            description = "Caches to compare with, their servers must be installed: redis, memcached, varnish."
                    + " Default: those that are.")
    private @Nullable List<PeerKind> peers;

    @Option(names = "--row-reads", paramLabel = "N", description = "Reads of each row. Default: ${DEFAULT-VALUE}.")
    private int reads = 20_000;

    @Option(
            names = "--turns",
            paramLabel = "N",
            description = "Parts of a row, to take the median of. Default: ${DEFAULT-VALUE}.")
    private int turns = 5;

    @Option(
            names = "--readers",
            paramLabel = "N",
            split = ",",
            description = "Reads in flight in the rows of healthy caches, one row for each number. Default: 1,8.")
    private List<Integer> readers = List.of(1, 8);

    @Option(names = "--quick", description = "Few reads of few chunks: to see that it works.")
    private boolean quick;

    @Mixin
    private NodeOptions node = new NodeOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Options.check(spec, "--row-reads", reads, MAX_READS);
        Options.check(spec, "--turns", turns, Math.min(reads, MAX_TURNS));
        readers.forEach(count -> Options.check(spec, "--readers", count, MAX_READERS));
        int quickChunks = readers.stream().reduce(QUICK_CHUNKS, Math::max);
        ClusterPlan plan = new ClusterPlan(
                node.directory(),
                quick ? QUICK_READS : reads,
                quick ? QUICK_TURNS : turns,
                quick ? QUICK_CHUNKS : WARM_UP_READS,
                quick ? quickChunks : CHUNKS,
                readers,
                peers(),
                node.jvmOptions(),
                node.memory());
        return new BenchRun(spec, json, node).of(steps -> new ClusterBench(plan, steps).run());
    }

    private List<PeerKind> peers() {
        if (peers == null) {
            return PeerKind.installed();
        }
        for (PeerKind peer : peers) {
            if (peer.find().isEmpty()) {
                throw new CommandException("--peer " + peer + ": its server is not here (expected: " + peer.needs()
                        + "; or leave it out)");
            }
        }
        return peers.stream().distinct().toList();
    }
}
