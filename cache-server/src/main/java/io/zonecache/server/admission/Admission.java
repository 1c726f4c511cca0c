package io.zonecache.server.admission;

import io.zonecache.model.Protocol;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Admits requests while the node can serve them, and sheds those of the lowest priority first as it fills up.
 *
 * <p>The load is the fullest of: requests in flight, bytes in flight, age of the oldest request that waits for the disk, each as a
 * share of its bound. Unleased writes are refused from a load of one half, and may at any load be no more than a quarter of the
 * requests and of the bytes. From three quarters on, reads of the highest ranks are refused, and the rank that still gets in
 * falls in a straight line to none at a load of one. Since all nodes of a chunk see the same rank, overload completes some reads
 * and refuses others, where shedding by chance would break nearly all of them (a read needs k of n answers). Leased writes
 * are refused only at a load of one.
 *
 * <p>The rank idea is the admission by user hash of DAGOR (Zhou et al., "Overload control for scaling WeChat microservices",
 * SoCC 2018). Constant time; counters only, so that the bounds may be passed by as many requests as race, at most one for each
 * event loop. Thread-safe.
 */
public final class Admission {

    /** What a request without a rank counts as: neither first nor last to go. */
    public static final int DEFAULT_RANK = Protocol.RANKS / 2;

    private static final double UNLEASED_LOAD = 0.5;
    private static final double SHEDDING_LOAD = 0.75;
    private static final int UNLEASED_SHARE = 4;

    private final int maxRequests;
    private final long maxBytes;
    private final DoubleSupplier queueLoad;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger unleased = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong unleasedBytes = new AtomicLong();

    /** @param queueLoad age of the oldest request that waits for the disk, as a share of its bound */
    public Admission(int maxRequests, long maxBytes, DoubleSupplier queueLoad) {
        this.maxRequests = maxRequests;
        this.maxBytes = maxBytes;
        this.queueLoad = queueLoad;
    }

    /** A place among the requests in flight, to be closed; null if this request is shed. */
    public @Nullable Ticket admit(RequestKind kind, int rank) {
        double load = load();
        boolean admitted = switch (kind) {
            case LEASED_WRITE -> load < 1;
            case UNLEASED_WRITE -> load < UNLEASED_LOAD && unleased.get() < Math.max(1, maxRequests / UNLEASED_SHARE);
            case READ -> rank <= highestRankAt(load);
        };
        return admitted ? new Ticket(kind == RequestKind.UNLEASED_WRITE) : null;
    }

    public int requestsInFlight() {
        return requests.get();
    }

    public long bytesInFlight() {
        return bytes.get();
    }

    /** From 0, idle, to 1 and beyond, full. */
    public double load() {
        double byRequests = (double) requests.get() / maxRequests;
        double byBytes = (double) bytes.get() / maxBytes;
        return Math.max(Math.max(byRequests, byBytes), queueLoad.getAsDouble());
    }

    /** The highest rank of a read that is admitted at this load, -1 if none is. */
    static int highestRankAt(double load) {
        if (load < SHEDDING_LOAD) {
            return Protocol.RANKS - 1;
        }
        double room = (1 - load) / (1 - SHEDDING_LOAD);
        return room <= 0 ? -1 : (int) Math.floor(room * (Protocol.RANKS - 1));
    }

    /** One request in flight and the bytes it holds. Not thread-safe, but may move between threads. */
    public final class Ticket implements AutoCloseable {

        private final boolean isUnleased;
        private long heldBytes;
        private boolean closed;

        private Ticket(boolean isUnleased) {
            this.isUnleased = isUnleased;
            requests.incrementAndGet();
            if (isUnleased) {
                unleased.incrementAndGet();
            }
        }

        /** Counts these bytes as in flight until the ticket closes, if there is room: all of them or none. */
        public boolean reserve(long moreBytes) {
            if (isUnleased && unleasedBytes.addAndGet(moreBytes) > maxBytes / UNLEASED_SHARE && heldOthers(moreBytes)) {
                unleasedBytes.addAndGet(-moreBytes);
                return false;
            }
            long total = bytes.addAndGet(moreBytes);
            if (total > maxBytes && total > moreBytes) {
                bytes.addAndGet(-moreBytes);
                if (isUnleased) {
                    unleasedBytes.addAndGet(-moreBytes);
                }
                return false;
            }
            heldBytes += moreBytes;
            return true;
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            requests.decrementAndGet();
            bytes.addAndGet(-heldBytes);
            if (isUnleased) {
                unleased.decrementAndGet();
                unleasedBytes.addAndGet(-heldBytes);
            }
        }

        /** One record always fits, however small the bound. */
        private boolean heldOthers(long moreBytes) {
            return unleasedBytes.get() > moreBytes;
        }
    }
}
