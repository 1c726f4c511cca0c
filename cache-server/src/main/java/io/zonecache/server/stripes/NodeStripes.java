package io.zonecache.server.stripes;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.server.access.AccessLog;
import io.zonecache.server.admission.Admission;
import io.zonecache.server.admission.ClientRates;
import io.zonecache.server.admission.RepairBudget;
import io.zonecache.server.admission.RequestKind;
import io.zonecache.server.admission.WorkQueue;
import io.zonecache.server.http.Exchange;
import io.zonecache.storage.StripeStore;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What reads and writes of stripes share.
 *
 * @param isDraining whether the node takes nothing new
 */
public record NodeStripes(
        StripeStore store,
        PurgedKeys purged,
        Admission admission,
        WorkQueue readQueue,
        WorkQueue writeQueue,
        RepairBudget repairBudget,
        ClientRates reportRates,
        BooleanSupplier isDraining,
        @Nullable AccessLog accessLog) {

    /** The store has been asked for the key, which it counts as a reference whatever it found. */
    void referenced(ChunkKey key) {
        if (accessLog != null) {
            accessLog.referenced(key);
        }
    }

    /** Whether storing the key's stripes will count as its first reference. */
    boolean isUnknown(ChunkKey key) {
        return accessLog != null && !store.knows(key);
    }

    /** @throws CacheException {@code BAD_KEY} or {@code PURGED} */
    ChunkKey readableKey(String text) {
        ChunkKey key = ChunkKey.parse(text);
        if (purged.contains(key)) {
            throw new CacheException(CacheErrorCode.PURGED, "chunk: " + key + " was purged (expected: another chunk)");
        }
        return key;
    }

    /** A place among the requests in flight, kept until the exchange is answered; null if it has been answered {@code BUSY}. */
    Admission.@Nullable Ticket admit(Exchange exchange, RequestKind kind) {
        Admission.Ticket ticket = admission.admit(kind, exchange.rank());
        if (ticket == null) {
            exchange.problem(
                    CacheErrorCode.BUSY,
                    String.format(
                            Locale.ROOT,
                            "load: %.2f, rank %d (expected: less of either)",
                            admission.load(),
                            exchange.rank()));
        } else {
            exchange.hold(ticket);
        }
        return ticket;
    }

    void refuse(Exchange exchange, CacheErrorCode code) {
        exchange.problem(
                code,
                switch (code) {
                    case BUSY -> "wait for the disk: too long (expected: less load)";
                    case DEADLINE_EXCEEDED -> "deadline: passed while waiting for the disk (expected: more time)";
                    default -> "store: failed (expected: see the node's log)";
                });
    }

    CacheException memoryExhausted() {
        return new CacheException(
                CacheErrorCode.BUSY, "bytes in flight: " + admission.bytesInFlight() + " (expected: fewer)");
    }
}
