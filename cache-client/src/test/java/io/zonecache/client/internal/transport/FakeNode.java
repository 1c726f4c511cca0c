package io.zonecache.client.internal.transport;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyKind;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.StripeRecord;
import io.zonecache.testkit.network.EndpointState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A node without a network: it holds bytes, and a test says how it answers. */
public final class FakeNode {

    /** How GETs are answered. */
    public enum Mode {
        SERVING,
        BUSY,
        REFUSING,
        /** Never answers. */
        SILENT,
        /** The test delivers the answer's bytes itself. */
        BY_HAND
    }

    /** An answer that the test drives. */
    public static final class Delivery {

        private final StripeParser parser;
        private final byte[] body;
        private final CompletableFuture<GetReply> reply;
        private int delivered;

        private Delivery(StripeParser parser, byte[] body, CompletableFuture<GetReply> reply) {
            this.parser = parser;
            this.body = body;
            this.reply = reply;
        }

        public int bytesLeft() {
            return body.length - delivered;
        }

        public Delivery deliver(int bytes) {
            int from = delivered;
            int taken = Math.min(bytes, bytesLeft());
            delivered += taken;
            parser.feed(new StripeParser.Bytes() {
                @Override
                public int length() {
                    return taken;
                }

                @Override
                public void copy(int at, int count, byte[] target, int offset) {
                    System.arraycopy(body, from + at, target, offset, count);
                }
            });
            return this;
        }

        public void finish() {
            deliver(bytesLeft());
            reply.complete(parser.end());
        }

        public void timeOut() {
            reply.complete(new GetReply.Unknown(GetReply.Cause.TIMEOUT, "no answer in time"));
        }

        public void breakOff() {
            reply.complete(new GetReply.Unknown(GetReply.Cause.CUT_OFF, "broken off"));
        }
    }

    private static final int PIECE_BYTES = 1_000;

    private final Map<ChunkKey, byte[]> bodies = new HashMap<>();
    private final Set<ChunkKey> purged = new HashSet<>();
    private final Map<ChunkKey, Lease> leases = new HashMap<>();
    private final Set<ChunkKey> filled = new HashSet<>();
    private final Map<KeyKind, Set<ChunkKey>> absent =
            Map.of(KeyKind.PLAIN, new HashSet<>(), KeyKind.RANGE, new HashSet<>());

    private record Lease(String id, KeyKind kind) {}

    /** GETs sent to it, those included that do not arrive. */
    public final List<RequestContext> gets = new ArrayList<>();

    public final List<Delivery> deliveries = new ArrayList<>();
    public Mode mode = Mode.SERVING;
    public long delayMillis;
    public boolean isWanting;
    public int reports;
    public long epoch;

    public synchronized void hold(ChunkKey key, StripeRecord... records) {
        int bytes = 0;
        for (StripeRecord record : records) {
            bytes += record.bytes().remaining();
        }
        ByteBuffer body = ByteBuffer.allocate(bytes);
        for (StripeRecord record : records) {
            body.put(record.bytes().duplicate());
        }
        bodies.put(key, body.array());
    }

    /** Whatever bytes, right or wrong. */
    public synchronized void holdBytes(ChunkKey key, byte[] body) {
        bodies.put(key, body);
    }

    public synchronized void drop(ChunkKey key) {
        bodies.remove(key);
    }

    public synchronized void purge(ChunkKey key) {
        purged.add(key);
    }

    /** What the network does with requests to it. */
    EndpointState state() {
        return switch (mode) {
            case REFUSING -> EndpointState.REFUSING;
            case SILENT -> EndpointState.BLACK_HOLE;
            case SERVING, BUSY, BY_HAND -> EndpointState.UP;
        };
    }

    synchronized CompletableFuture<GetReply> get(ChunkKey key, StripeSink sink) {
        CompletableFuture<GetReply> reply = new CompletableFuture<>();
        byte[] body = bodies.get(key);
        if (mode == Mode.BUSY) {
            reply.complete(new GetReply.Unknown(GetReply.Cause.REFUSED, "BUSY"));
        } else if (purged.contains(key)) {
            reply.complete(new GetReply.Purged());
        } else if (body == null) {
            reply.complete(new GetReply.Missing(isWanting));
        } else {
            Delivery delivery = new Delivery(new StripeParser(key, sink), body, reply);
            if (mode == Mode.BY_HAND) {
                deliveries.add(delivery);
            } else {
                while (delivery.bytesLeft() > 0) {
                    delivery.deliver(PIECE_BYTES);
                }
                delivery.finish();
            }
        }
        return reply;
    }

    synchronized PutReply put(ChunkKey key, List<StripeRecord> records) {
        for (StripeRecord record : records) {
            if (!record.header().key().equals(key)) {
                return new PutReply.Refused(CacheErrorCode.KEY_MISMATCH, "key of the record", 0);
            } else if (!record.checksumMatches()) {
                return new PutReply.Refused(CacheErrorCode.CHECKSUM_MISMATCH, "checksum of the record", 0);
            }
        }
        hold(key, records.toArray(new StripeRecord[0]));
        return new PutReply.Acknowledged();
    }

    synchronized PutReply report() {
        reports++;
        return new PutReply.Acknowledged();
    }

    synchronized LeaseReply lease(ChunkKey key, LeaseRequest question) {
        if (Objects.requireNonNull(absent.get(question.kind())).contains(key)) {
            return new LeaseReply.Absent();
        }
        if (filled.contains(key) && !question.seenFilled()) {
            return new LeaseReply.Filled();
        }
        if (leases.containsKey(key)) {
            return new LeaseReply.Refused(CacheErrorCode.FILLING, "somebody fills", 0);
        }
        Lease lease = new Lease("lease-" + leases.size(), question.kind());
        leases.put(key, lease);
        return new LeaseReply.Granted(lease.id, 5_000);
    }

    synchronized PutReply endLease(ChunkKey key, @Nullable String lease, LeaseOutcome outcome) {
        Lease held = leases.get(key);
        if (held != null && held.id.equals(lease)) {
            leases.remove(key);
            if (outcome == LeaseOutcome.FILLED) {
                filled.add(key);
            } else if (outcome == LeaseOutcome.ABSENT) {
                Objects.requireNonNull(absent.get(held.kind)).add(key);
            }
        }
        return new PutReply.Acknowledged();
    }
}
