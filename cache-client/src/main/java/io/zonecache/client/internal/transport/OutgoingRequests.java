package io.zonecache.client.internal.transport;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyKind;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.Protocol;
import io.zonecache.model.PurgePage;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ViewJson;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The requests of docs/formats.md, each with its method, URI, headers and limits. Thread-safe. */
final class OutgoingRequests {

    private static final long ANY_EPOCH = 0;

    private final TransportOptions options;
    private volatile long epoch = ANY_EPOCH;

    OutgoingRequests(TransportOptions options) {
        this.options = options;
    }

    /** Requests name the epoch of the newest view that the client has. */
    void announceEpoch(long newEpoch) {
        epoch = newEpoch;
    }

    OutgoingRequest stripes(ChunkKey key, RequestContext context) {
        return request(HttpMethod.GET, Protocol.stripesPath(key), context, List.of(), 0, options.maxBodyBytes());
    }

    OutgoingRequest write(ChunkKey key, RequestContext context, List<StripeRecord> records) {
        OutgoingRequest request = shortRequest(HttpMethod.PUT, Protocol.stripesPath(key), context, records, 0);
        request.headers().add(HttpHeaders.CONTENT_TYPE, Protocol.STRIPES_MEDIA_TYPE);
        if (context.lease() != null) {
            request.headers().add(Protocol.LEASE_HEADER, context.lease());
        }
        return request;
    }

    OutgoingRequest reportCorrupt(ChunkKey key, RequestContext context) {
        return shortRequest(HttpMethod.DELETE, Protocol.stripesPath(key) + "?if=corrupt", context, List.of(), 0);
    }

    OutgoingRequest acquireLease(ChunkKey key, RequestContext context, LeaseRequest question) {
        String uri = Protocol.leasePath(key) + "?waitMillis=" + question.waitMillis()
                + (question.seenFilled() ? "&seen=FILLED" : "")
                + (question.kind() == KeyKind.RANGE ? "&range=1" : "")
                + "&nonce=" + HexFormat.of().toHexDigits(question.nonce());
        return shortRequest(HttpMethod.POST, uri, context, List.of(), question.waitMillis());
    }

    OutgoingRequest endLease(ChunkKey key, RequestContext context, String lease, LeaseOutcome outcome) {
        String uri = Protocol.leasePath(key) + '/' + URLEncoder.encode(lease, StandardCharsets.UTF_8);
        String outcomeName = outcome.wireName();
        String query = outcomeName == null ? "" : "?outcome=" + outcomeName;
        return shortRequest(HttpMethod.DELETE, uri + query, context, List.of(), 0);
    }

    OutgoingRequest view(@Nullable String etag, @Nullable String purges, long waitMillis, long timeoutMillis) {
        OutgoingRequest request =
                zoneRequest(Protocol.VIEW_PATH, timeoutMillis, 4L * ViewJson.MAX_CHARS, waitMillis > 0);
        if (purges != null) {
            request.headers().add(Protocol.PURGES_HEADER, purges);
        }
        if (etag != null) {
            request.headers().add(HttpHeaders.IF_NONE_MATCH, etag);
        }
        if (waitMillis > 0) {
            request.headers().add("Prefer", "wait=" + (waitMillis + 999) / 1_000);
        }
        return request;
    }

    OutgoingRequest purges(String since, long timeoutMillis) {
        return zoneRequest(Protocol.PURGES_PATH + "?since=" + since, timeoutMillis, 4L * PurgePage.MAX_CHARS, false);
    }

    private OutgoingRequest zoneRequest(String uri, long timeoutMillis, long maxReplyBytes, boolean isHeld) {
        return request(HttpMethod.GET, uri, List.of(), timeoutMillis, timeoutMillis, maxReplyBytes, isHeld);
    }

    private OutgoingRequest shortRequest(
            HttpMethod method, String uri, RequestContext context, List<StripeRecord> records, long waitMillis) {
        return request(method, uri, context, records, waitMillis, ProblemReply.MAX_BODY_BYTES);
    }

    /** @param waitMillis how long the node may hold the request, which is no silence */
    private OutgoingRequest request(
            HttpMethod method,
            String uri,
            RequestContext context,
            List<StripeRecord> records,
            long waitMillis,
            long maxReplyBytes) {
        OutgoingRequest request = request(
                method,
                uri,
                records,
                context.timeoutMillis(),
                Math.min(context.timeoutMillis(), waitMillis + context.silenceMillis()),
                maxReplyBytes,
                false);
        request.headers().add(Protocol.RANK_HEADER, Integer.toString(context.rank()));
        String traceparent = context.traceparent();
        if (traceparent != null) {
            request.headers().add("traceparent", traceparent);
        }
        return request;
    }

    private OutgoingRequest request(
            HttpMethod method,
            String uri,
            List<StripeRecord> records,
            long timeoutMillis,
            long silenceMillis,
            long maxReplyBytes,
            boolean isHeld) {
        MultiMap headers = HttpHeaders.headers().add(HttpHeaders.USER_AGENT, options.userAgent());
        long knownEpoch = epoch;
        if (knownEpoch != ANY_EPOCH) {
            headers.add(Protocol.EPOCH_HEADER, Long.toString(knownEpoch));
        }
        return new OutgoingRequest(method, uri, headers, records, timeoutMillis, silenceMillis, maxReplyBytes, isHeld);
    }
}
