package io.zonecache.client.internal.fill;

import io.zonecache.client.internal.transport.LeaseRequest;
import io.zonecache.model.CacheException;
import io.zonecache.model.ZoneNode;

/** What a fill does next, as {@link FillState} decides. Each step says which of the two scarcest resources may be held meanwhile. */
sealed interface FillStep {

    default boolean mayHoldSlot() {
        return false;
    }

    default boolean mayHoldLease() {
        return false;
    }

    /** Wait for a slot of the client's own origin limit. */
    record AwaitSlot(boolean mayHoldLease) implements FillStep {}

    /** Ask a node for the chunk's lease, with a slot if the answer is expected at once. */
    record Ask(ZoneNode node, LeaseRequest question) implements FillStep {

        @Override
        public boolean mayHoldSlot() {
            return question.waitMillis() == 0;
        }
    }

    /** Read the zone again. */
    record ReadZone() implements FillStep {

        @Override
        public boolean mayHoldSlot() {
            return true;
        }

        @Override
        public boolean mayHoldLease() {
            return true;
        }
    }

    /** Ask for a newer view. */
    record RefreshView() implements FillStep {}

    /** Do nothing for this long. */
    record Pause(long nanos, boolean mayHoldLease) implements FillStep {}

    /** Ask the origin, under the lease and with the slot that are held. */
    record Fetch() implements FillStep {

        @Override
        public boolean mayHoldSlot() {
            return true;
        }

        @Override
        public boolean mayHoldLease() {
            return true;
        }
    }

    /** Fetch from the origin with a permit of the zone's reserve: no node can grant a lease. */
    record FetchUncoordinated() implements FillStep {}

    /** The read has failed. */
    record Fail(CacheException failure) implements FillStep {}
}
