package io.zonecache.chaos.scenario;

import io.zonecache.chaos.fault.Fault;
import io.zonecache.chaos.fault.WireFault;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.zone.NodeContainer;
import io.zonecache.chaos.zone.ZoneSpec;
import io.zonecache.testkit.proxy.ProxyFault;
import java.time.Duration;
import java.util.Locale;

/** What comes from one node is late, slow, cut short, changed or swallowed. */
record WireBad(String name, ProxyFault what, Duration span) implements Scenario {

    /** Long enough for a few hundred reads, and for clients to make up their minds. */
    static final Duration SPAN = Duration.ofSeconds(15);

    /** Of each connection: 12.5 kB ten times a second. */
    static final ProxyFault MEGABIT = new ProxyFault.Trickle(12_500, 100);

    @Override
    public String promise() {
        return "one node of six answers badly: no failed read, hit rate down by under 1 point; taken back when it is well";
    }

    @Override
    public ZoneSpec zone() {
        return ZoneSpec.rigged();
    }

    @Override
    public void run(Trial trial) throws Exception {
        NodeContainer victim = trial.anyNode();
        ReadTally before = trial.begin();
        Fault fault = new WireFault(victim, what);
        trial.inject(fault);
        ReadTally first = trial.observeFor("first second", Duration.ofSeconds(1));
        ReadTally later = trial.observeFor("later", span);
        trial.heal(fault);
        ReadTally healed = trial.observe("healed", Trial.READS);

        trial.note(String.format(
                Locale.ROOT, "p99.9 is %.2f of that before", later.millisAt(0.999) / before.millisAt(0.999)));
        ReadTally all = first.plus(later).plus(healed);
        Promises.noFailedRead(all);
        Promises.hitRateDownByUnder(1, before, all);
        trial.awaitAsked(victim);
    }
}
