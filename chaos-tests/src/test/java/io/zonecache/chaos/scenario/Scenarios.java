package io.zonecache.chaos.scenario;

import io.zonecache.testkit.proxy.ProxyFault;
import io.zonecache.testkit.s3.S3Fault;
import java.util.ArrayList;
import java.util.List;

/** All scenarios there are. */
public final class Scenarios {

    private Scenarios() {}

    /** The short ones: what continuous integration tries, in this order, on one zone. */
    public static List<Scenario> shortOnes() {
        return List.of(
                new NodeKilled(),
                new NodeFrozen(10),
                new DiskCorrupted(),
                new OriginDown(S3Fault.RESET),
                new NodePartitioned(),
                new ZoneEmptied());
    }

    public static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>(shortOnes());
        all.addAll(List.of(
                new TwoNodesKilled(),
                new DiskLost(),
                new NodeFlapping(),
                new ZonePartitioned("partition halves", 3, false),
                new ZonePartitioned("partition one way", 1, true)));
        for (S3Fault fault : List.of(S3Fault.SLOW_DOWN, S3Fault.WRONG_BYTES, S3Fault.TRUNCATED, S3Fault.HANG)) {
            all.add(new OriginDown(fault));
        }
        all.addAll(List.of(
                new OriginSlow(),
                new ZoneRestarted(),
                new Overload(),
                new MemoryTaken(),
                new NodeFrozen(30),
                new WireBad("black hole", new ProxyFault.BlackHole(), WireBad.SPAN),
                new WireBad("slow 100 ms", new ProxyFault.Delay(100), WireBad.SPAN),
                new WireBad("slow 1 Mbit/s", WireBad.MEGABIT, WireBad.SPAN),
                new WireBad("reset", new ProxyFault.BreakAfter(500_000), WireBad.SPAN),
                new WireBad("wire bit flips", new ProxyFault.FlipBits(300_000), WireBad.SPAN),
                new DiskUnwritable(true),
                new DiskUnwritable(false),
                new ClockWrong(),
                new OneHitScan(),
                random()));
        return all;
    }

    /** Another one each time, as its seed says. */
    public static Scenario random() {
        return new RandomFaults();
    }
}
