package io.zonecache.server.lease;

import java.util.Comparator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request for a lease, from its arrival to its one answer. Handle for {@link LeaseTable#cancel}. */
public final class LeaseWaiter {

    static final Comparator<LeaseWaiter> BY_DEADLINE = (a, b) -> {
        int byDeadline = Long.compare(a.deadlineNanos, b.deadlineNanos);
        return byDeadline != 0 ? byDeadline : Long.compare(a.sequence, b.sequence);
    };

    final String client;
    final long sequence;
    final long deadlineNanos;
    final Consumer<LeaseAnswer> callback;

    /** What it waits in; null before and after. */
    @Nullable
    Fill fill;

    LeaseWaiter(String client, long sequence, long deadlineNanos, Consumer<LeaseAnswer> callback) {
        this.client = client;
        this.sequence = sequence;
        this.deadlineNanos = deadlineNanos;
        this.callback = callback;
    }
}
