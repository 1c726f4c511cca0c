package io.zonecache.server.fill;

import io.vertx.core.json.JsonObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyKind;
import io.zonecache.model.LeaseNonce;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.server.http.Endpoint;
import io.zonecache.server.http.Exchange;
import io.zonecache.server.http.Parameters;
import io.zonecache.server.http.Route;
import io.zonecache.server.lease.LeaseAnswer;
import io.zonecache.server.lease.LeaseQuestion;
import io.zonecache.server.lease.LeaseService;
import io.zonecache.server.metrics.Outcome;
import io.zonecache.server.stripes.PurgedKeys;
import org.jspecify.annotations.Nullable;

/** {@code POST} of a chunk's lease, which may wait for an answer, and {@code DELETE} of one that was granted. */
public final class LeaseEndpoint {

    private static final String FILLED_JSON = "{\"state\":\"FILLED\"}";
    private static final String ABSENT_JSON = "{\"state\":\"ABSENT\"}";

    private final LeaseService leases;
    private final PurgedKeys purged;

    public LeaseEndpoint(LeaseService leases, PurgedKeys purged) {
        this.leases = leases;
        this.purged = purged;
    }

    public Endpoint acquire() {
        return this::acquire;
    }

    public Endpoint end() {
        return this::end;
    }

    private void acquire(Exchange exchange, Route route) {
        ChunkKey key = ChunkKey.parse(route.key());
        if (purged.contains(key)) {
            throw new CacheException(CacheErrorCode.PURGED, "chunk: " + key + " was purged (expected: another chunk)");
        }
        Runnable cancel =
                leases.request(key, question(exchange), answer -> exchange.run(() -> answer(exchange, key, answer)));
        if (!exchange.isAnswered()) {
            exchange.onClose(cancel);
        }
    }

    private static LeaseQuestion question(Exchange exchange) {
        String wait = exchange.request().getParam("waitMillis");
        String nonce = exchange.request().getParam("nonce");
        return new LeaseQuestion(
                exchange.clientIdentity(),
                wait == null ? 0 : Parameters.number("waitMillis", wait, 0, Integer.MAX_VALUE),
                says(exchange, "seen", "FILLED"),
                says(exchange, "range", "1") ? KeyKind.RANGE : KeyKind.PLAIN,
                nonce == null ? null : LeaseNonce.parse(nonce));
    }

    /** Whether the query has a parameter, which can only have this value. */
    private static boolean says(Exchange exchange, String name, String value) {
        String found = exchange.request().getParam(name);
        if (found != null && !found.equals(value)) {
            throw new CacheException(
                    CacheErrorCode.BAD_REQUEST,
                    name + ": \"" + Parameters.shown(found) + "\" (expected: " + value + ")");
        }
        return found != null;
    }

    private void answer(Exchange exchange, ChunkKey key, LeaseAnswer answer) {
        if (answer instanceof LeaseAnswer.Granted granted) {
            JsonObject json =
                    new JsonObject().put("lease", granted.lease()).put("expiresInMillis", granted.expiresInMillis());
            exchange.json(201, json.encode(), Outcome.GRANTED, () -> leases.undelivered(key, granted));
        } else if (answer instanceof LeaseAnswer.Filled) {
            exchange.json(200, FILLED_JSON, Outcome.FILLED);
        } else if (answer instanceof LeaseAnswer.Absent) {
            exchange.json(200, ABSENT_JSON, Outcome.ABSENT);
        } else if (answer instanceof LeaseAnswer.Refused refused) {
            refuse(exchange, refused);
        }
    }

    private static void refuse(Exchange exchange, LeaseAnswer.Refused refused) {
        if (refused.retryAfterMillis() > 0) {
            exchange.problem(refused.code(), refused.detail(), (refused.retryAfterMillis() + 999) / 1_000);
        } else {
            exchange.problem(refused.code(), refused.detail());
        }
    }

    private void end(Exchange exchange, Route route) {
        ChunkKey key = ChunkKey.parse(route.key());
        @Nullable String outcome = exchange.request().getParam("outcome");
        leases.end(key, route.lease(), LeaseOutcome.parse(outcome));
        exchange.noContent(Outcome.ENDED);
    }
}
