package io.zonecache.server.lease;

import io.zonecache.model.KeyKind;
import io.zonecache.model.LeaseNonce;
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
    final KeyKind kind;

    /** Names its question; null for a client of the version before, which sends none. */
    final @Nullable LeaseNonce nonce;

    final long sequence;
    final Consumer<LeaseAnswer> callback;

    /** Must not change while it stands in {@link #BY_DEADLINE}. */
    long deadlineNanos;

    /** What it waits in; null before and after. */
    @Nullable
    Fill fill;

    /** Its connection is gone: it is told nothing any more, and its place is kept for its next try. */
    boolean isAway;

    LeaseWaiter(LeaseQuestion question, long sequence, long deadlineNanos, Consumer<LeaseAnswer> callback) {
        this.client = question.client();
        this.kind = question.kind();
        this.nonce = question.nonce();
        this.sequence = sequence;
        this.deadlineNanos = deadlineNanos;
        this.callback = callback;
    }

    /** What its place in a queue goes by: the same for each repetition of a question that has a nonce. */
    Object place() {
        return nonce != null ? nonce : this;
    }
}
