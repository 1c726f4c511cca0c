package io.zonecache.benchmarks;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.NodeState;
import io.zonecache.model.Placement;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import io.zonecache.model.ZoneView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The nodes of a chunk's stripes, by the number of nodes in the zone. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PlacementBenchmark {

    @Param({"6", "60"})
    public int nodes = 6;

    private Placement placement = new Placement(view(nodes));
    private long number;

    @Setup
    public void place() {
        placement = new Placement(view(nodes));
    }

    @Benchmark
    public List<ZoneNode> nodesFor() {
        number++;
        return placement.nodesFor(new ChunkKey(number, number, number, number));
    }

    private static ZoneView view(int count) {
        List<ZoneNode> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(new ZoneNode("node-" + i, "10.0.0." + i + ":7400", "host-" + i, 1, NodeState.UP));
        }
        CodeSpec code = CodeSpec.parse("4-of-5");
        return new ZoneView(new ZoneSettings("zone", 1, KeyScheme.SHA256, code, count, 64, 4, 100), 1, all);
    }
}
