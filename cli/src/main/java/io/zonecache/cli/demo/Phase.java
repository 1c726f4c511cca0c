package io.zonecache.cli.demo;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One part of the demo: what is done to the zone while the workers read, and after. */
interface Phase {

    String name();

    /** Every worker reads every chunk once; otherwise all read any chunks, and at least so many together as the plan says. */
    default boolean everyChunkOnce() {
        return false;
    }

    /** Done to the zone under full load. The phase goes on until this has completed. */
    default CompletableFuture<?> disturb(DemoZone zone) {
        return CompletableFuture.completedFuture(null);
    }

    /** How often it is done, spread over the phase's reads. */
    default int times() {
        return 1;
    }

    /** Done when the phase has been measured. */
    default void restore(DemoZone zone, Fleet fleet) {}

    /** Whether the zone holds every chunk all the time, so that the origin must not be asked. */
    default boolean originStaysIdle() {
        return true;
    }

    /** In the order in which they are run: each needs what the one before left. */
    static List<Phase> all() {
        return List.of(new Cold(), new Warm(), new Frozen(2), new Killed(4), new Back(4), new Emptied());
    }

    /** The zone is empty. */
    record Cold() implements Phase {

        @Override
        public String name() {
            return "cold";
        }

        @Override
        public boolean everyChunkOnce() {
            return true;
        }

        @Override
        public boolean originStaysIdle() {
            return false;
        }
    }

    /** The zone holds everything. */
    record Warm() implements Phase {

        @Override
        public String name() {
            return "warm";
        }
    }

    /** One node stops in its tracks: its connections stay open and nothing answers. */
    record Frozen(int node) implements Phase {

        @Override
        public String name() {
            return "frozen";
        }

        @Override
        public CompletableFuture<?> disturb(DemoZone zone) {
            zone.node(node).freeze();
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void restore(DemoZone zone, Fleet fleet) {
            zone.node(node).wake();
            zone.awaitAllUp();
            // One stripe of five may be missing, so one node at a time: this one serves again before the next one goes.
            fleet.awaitSettled();
        }
    }

    /** One node is gone, without a word. */
    record Killed(int node) implements Phase {

        @Override
        public String name() {
            return "killed";
        }

        @Override
        public CompletableFuture<?> disturb(DemoZone zone) {
            zone.kill(zone.node(node));
            return CompletableFuture.completedFuture(null);
        }
    }

    /** It returns with what is on its disk. */
    record Back(int node) implements Phase {

        @Override
        public String name() {
            return "back";
        }

        @Override
        public CompletableFuture<?> disturb(DemoZone zone) {
            zone.start(zone.node(node));
            return zone.allUp();
        }
    }

    /** All nodes forget everything at once, the worst that can happen to the origin. */
    record Emptied() implements Phase {

        @Override
        public String name() {
            return "emptied";
        }

        @Override
        public CompletableFuture<?> disturb(DemoZone zone) {
            return zone.empty();
        }

        /** The origin's peak is soon over: a single one says little of the bound. */
        @Override
        public int times() {
            return 3;
        }

        @Override
        public boolean originStaysIdle() {
            return false;
        }
    }
}
