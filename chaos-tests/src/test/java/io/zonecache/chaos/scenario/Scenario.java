package io.zonecache.chaos.scenario;

import io.zonecache.chaos.zone.ZoneSpec;

/**
 * Something that goes wrong under load, and what the zone promises then. Run by {@link Trials}, which holds the {@link Invariants} too and
 * leaves the zone as it was.
 */
public interface Scenario {

    /** One word or two, for {@code --scenario} and reports. */
    String name();

    /** What is promised, and its bound. */
    String promise();

    default ZoneSpec zone() {
        return ZoneSpec.standard();
    }

    /** Whether what it does makes the kernel kill something for its memory. */
    default boolean takesMemory() {
        return false;
    }

    /**
     * Breaks things and checks the promise. Faults that are still injected at the end are healed after it.
     *
     * @throws AssertionError if the promise is broken
     */
    void run(Trial trial) throws Exception;
}
