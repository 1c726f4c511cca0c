package io.zonecache.chaos.scenario;

import io.zonecache.chaos.fault.DiskBitFlips;
import io.zonecache.chaos.fault.DiskWiped;
import io.zonecache.chaos.fault.Fault;
import io.zonecache.chaos.fault.NodeCutOff;
import io.zonecache.chaos.fault.NodeEmptied;
import io.zonecache.chaos.fault.NodeFreeze;
import io.zonecache.chaos.fault.NodeKill;
import io.zonecache.chaos.fault.OriginFault;
import io.zonecache.chaos.fault.WireFault;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.reader.Readers;
import io.zonecache.chaos.zone.NodeContainer;
import io.zonecache.chaos.zone.ZoneSpec;
import io.zonecache.testkit.proxy.ProxyFault;
import io.zonecache.testkit.s3.S3Fault;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** A few faults after each other, whichever the seed says, each for as long as it says, one at a time. */
record RandomFaults() implements Scenario {

    private static final int FAULTS = 4;
    private static final int COLD_CHUNKS = 64;
    private static final int MAX_SECONDS = 12;
    private static final Duration UP = Duration.ofMinutes(2);

    /** S3's faults that no client can take for an answer. */
    private static final List<S3Fault> ORIGIN_FAULTS = List.of(
            S3Fault.SLOW_DOWN, S3Fault.HANG, S3Fault.RESET, S3Fault.WRONG_BYTES, S3Fault.TRUNCATED, S3Fault.GARBAGE);

    private static final List<ProxyFault> WIRE_FAULTS = List.of(
            new ProxyFault.Delay(100),
            WireBad.MEGABIT,
            new ProxyFault.BreakAfter(1_000_000),
            new ProxyFault.BlackHole(),
            new ProxyFault.FlipBits(500_000));

    @Override
    public String name() {
        return "random";
    }

    @Override
    public String promise() {
        return FAULTS
                + " random faults, one at a time: no wrong byte, no failed read of a chunk that the zone holds, the budget holds";
    }

    @Override
    public ZoneSpec zone() {
        return ZoneSpec.rigged();
    }

    @Override
    public void run(Trial trial) throws Exception {
        trial.begin();
        Readers cold = trial.startOnColdChunks(COLD_CHUNKS, 1, trial.setup().withPace(4, 5));
        for (int i = 0; i < FAULTS; i++) {
            Fault fault = any(trial);
            trial.inject(fault);
            ReadTally during = trial.observeFor(
                    "during", Duration.ofSeconds(1 + trial.random().nextInt(MAX_SECONDS)));
            trial.heal(fault);
            trial.zone().awaitAllUp(UP);
            trial.look("misses meanwhile", cold);
            Promises.noFailedRead(during);
            trial.recover();
            trial.complete();
        }
    }

    private static Fault any(Trial trial) {
        SplittableRandom random = trial.random();
        NodeContainer node = trial.anyNode();
        // The last node's disk does not outlive its process.
        NodeContainer lasting =
                trial.anyNodeBut(trial.zone().node(trial.zone().nodes().size() - 1));
        return switch (random.nextInt(8)) {
            case 0 -> new NodeKill(lasting);
            case 1 -> new NodeFreeze(node);
            case 2 -> new NodeCutOff(node);
            case 3 -> new DiskBitFlips(lasting, 300_000);
            case 4 -> new DiskWiped(lasting);
            case 5 -> new NodeEmptied(List.of(node));
            case 6 -> new OriginFault(trial.s3(), ORIGIN_FAULTS.get(random.nextInt(ORIGIN_FAULTS.size())));
            default -> new WireFault(node, WIRE_FAULTS.get(random.nextInt(WIRE_FAULTS.size())));
        };
    }
}
