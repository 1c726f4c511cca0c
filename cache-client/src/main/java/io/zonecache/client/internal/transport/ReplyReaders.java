package io.zonecache.client.internal.transport;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponse;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import io.zonecache.model.Protocol;
import io.zonecache.model.PurgePage;
import io.zonecache.model.ViewJson;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The readers for each kind of answer. */
final class ReplyReaders {

    private ReplyReaders() {}

    /** Reads a short answer whole before it is interpreted. */
    private abstract static class ShortReply<T> extends ReplyReader<T> {

        private final Buffer body = Buffer.buffer();
        private @Nullable HttpClientResponse response;

        abstract T understand(HttpClientResponse head, Buffer whole);

        @Override
        @Nullable
        T head(HttpClientResponse head) {
            this.response = head;
            return null;
        }

        @Override
        boolean piece(Buffer piece) {
            body.appendBuffer(piece);
            return true;
        }

        @Override
        T end() {
            if (response == null) {
                throw new IllegalStateException("an end without a head");
            }
            return understand(response, body);
        }
    }

    /** Stripes of a chunk. */
    static final class Get extends ReplyReader<GetReply> {

        private final StripeSink sink;
        private final StripeParser parser;
        private final Buffer problem = Buffer.buffer();
        private @Nullable HttpClientResponse response;
        private boolean isOk;

        Get(ChunkKey key, StripeSink sink) {
            this.sink = sink;
            this.parser = new StripeParser(key, sink);
        }

        @Override
        void written() {
            sink.written();
        }

        @Override
        void requeued() {
            sink.requeued();
        }

        @Override
        void progressed() {
            sink.progressed();
        }

        @Override
        @Nullable
        GetReply head(HttpClientResponse head) {
            this.response = head;
            isOk = head.statusCode() == 200;
            String type = head.getHeader(HttpHeaders.CONTENT_TYPE);
            if (isOk && !Protocol.STRIPES_MEDIA_TYPE.equals(type)) {
                return new GetReply.Lost("Content-Type: " + type + " (expected: " + Protocol.STRIPES_MEDIA_TYPE + ")");
            }
            return null;
        }

        @Override
        boolean piece(Buffer piece) {
            if (isOk) {
                return parser.feed(new BufferBytes(piece));
            }
            problem.appendBuffer(piece);
            return problem.length() <= ProblemReply.MAX_BODY_BYTES;
        }

        @Override
        boolean wantsBody(HttpResponse head) {
            isOk = head.status().code() == 200
                    && Protocol.STRIPES_MEDIA_TYPE.equals(head.headers().get(HttpHeaders.CONTENT_TYPE));
            return isOk;
        }

        @Override
        boolean piece(ByteBuf piece) {
            return parser.feed(new SocketBytes(piece));
        }

        @Override
        GetReply end() {
            if (isOk) {
                return parser.end();
            }
            if (response == null) {
                throw new IllegalStateException("an end without a head");
            }
            ProblemReply why = ProblemReply.of(response, problem);
            if (why.is(CacheErrorCode.NOT_FOUND)) {
                return new GetReply.Missing("1".equals(response.getHeader(Protocol.WANTED_HEADER)));
            } else if (why.is(CacheErrorCode.PURGED)) {
                return new GetReply.Purged();
            } else if (why.status() >= 500 || why.status() == 429 || why.status() == 408) {
                return new GetReply.Unknown(GetReply.Cause.REFUSED, why.text());
            }
            return new GetReply.Lost(why.text());
        }

        @Override
        GetReply failed(Failure failure, String reason) {
            GetReply.Stripes whole = parser.endCutOff();
            if (!whole.verified().isEmpty()) {
                return whole;
            }
            return switch (failure) {
                case REFUSED -> new GetReply.Lost(reason);
                case TIMEOUT, UNREACHABLE -> new GetReply.Unknown(GetReply.Cause.TIMEOUT, reason);
                case CUT_OFF -> new GetReply.Unknown(GetReply.Cause.CUT_OFF, reason);
                case NOT_SENT, CLIENT_ERROR -> new GetReply.Unknown(GetReply.Cause.NOT_SENT, reason);
            };
        }

        private record SocketBytes(ByteBuf buffer) implements StripeParser.Bytes {

            @Override
            public int length() {
                return buffer.readableBytes();
            }

            @Override
            public void copy(int from, int bytes, byte[] target, int offset) {
                buffer.getBytes(buffer.readerIndex() + from, target, offset, bytes);
            }
        }

        private record BufferBytes(Buffer buffer) implements StripeParser.Bytes {

            @Override
            public int length() {
                return buffer.length();
            }

            @Override
            public void copy(int from, int bytes, byte[] target, int offset) {
                buffer.getBytes(from, from + bytes, target, offset);
            }
        }
    }

    /** Anything that is acknowledged with 204. */
    static final class Put extends ShortReply<PutReply> {

        @Override
        PutReply understand(HttpClientResponse head, Buffer whole) {
            if (head.statusCode() == 204) {
                return new PutReply.Acknowledged();
            }
            ProblemReply why = ProblemReply.of(head, whole);
            return new PutReply.Refused(
                    why.codeOr(CacheErrorCode.NO_SUCH_RESOURCE), why.detail(), why.retryAfterMillis());
        }

        @Override
        PutReply failed(Failure failure, String reason) {
            return failure == Failure.NOT_SENT ? new PutReply.NotSent(reason) : new PutReply.Unknown(reason);
        }
    }

    /** The answer to a request for a lease. */
    static final class Lease extends ShortReply<LeaseReply> {

        @Override
        LeaseReply understand(HttpClientResponse head, Buffer whole) {
            if (head.statusCode() != 200 && head.statusCode() != 201) {
                ProblemReply why = ProblemReply.of(head, whole);
                return why.code() == null
                        ? new LeaseReply.Unreachable(why.text())
                        : new LeaseReply.Refused(why.code(), why.detail(), why.retryAfterMillis());
            }
            try {
                JsonObject answer = new JsonObject(whole);
                String lease = answer.getString("lease");
                Long expiresInMillis = answer.getLong("expiresInMillis");
                String state = String.valueOf(answer.getString("state"));
                if (head.statusCode() == 201 && lease != null && !lease.isEmpty() && expiresInMillis != null) {
                    return new LeaseReply.Granted(lease, expiresInMillis);
                } else if (head.statusCode() == 200 && state.equals("FILLED")) {
                    return new LeaseReply.Filled();
                } else if (head.statusCode() == 200 && state.equals("ABSENT")) {
                    return new LeaseReply.Absent();
                }
                return new LeaseReply.Unreachable("lease answer: state " + state + " (expected: FILLED or ABSENT)");
            } catch (DecodeException | ClassCastException e) {
                return new LeaseReply.Unreachable("lease answer: no JSON of the expected form");
            }
        }

        @Override
        LeaseReply failed(Failure failure, String reason) {
            return failure == Failure.NOT_SENT || failure == Failure.CLIENT_ERROR
                    ? new LeaseReply.NotSent(reason)
                    : new LeaseReply.Unreachable(reason);
        }
    }

    /**
     * What was requested, or null if it has not changed, or why there is none.
     *
     * @param <T> what was requested
     */
    record Answer<T>(@Nullable T value, @Nullable CacheException failure) {

        static <T> Answer<T> failed(String reason) {
            return new Answer<>(null, new CacheException(CacheErrorCode.ZONE_UNCERTAIN, reason));
        }

        CompletableFuture<T> future() {
            return failure == null ? CompletableFuture.completedFuture(value) : CompletableFuture.failedFuture(failure);
        }
    }

    /** Reads and decodes a document of a node. */
    private abstract static class Document<T> extends ShortReply<Answer<T>> {

        private final String name;

        Document(String name) {
            this.name = name;
        }

        /** @throws IllegalArgumentException if it is not such a document */
        abstract T decode(String json);

        @Override
        Answer<T> understand(HttpClientResponse head, Buffer whole) {
            if (head.statusCode() == 304) {
                return new Answer<>(null, null);
            }
            if (head.statusCode() != 200) {
                return failed("status " + head.statusCode() + " (expected: 200 or 304)");
            }
            try {
                return new Answer<>(decode(whole.toString()), null);
            } catch (IllegalArgumentException e) {
                return failed(String.valueOf(e.getMessage()));
            }
        }

        @Override
        Answer<T> failed(Failure failure, String reason) {
            return failed(reason);
        }

        private Answer<T> failed(String reason) {
            return Answer.failed(name + ": " + reason);
        }
    }

    /** The view, or null if it has not changed. */
    static final class View extends Document<EncodedView> {

        View() {
            super("view");
        }

        @Override
        EncodedView decode(String json) {
            return ViewJson.decode(json);
        }
    }

    /** Keys that were purged. */
    static final class Purges extends Document<PurgePage> {

        Purges() {
            super("purges");
        }

        @Override
        PurgePage decode(String json) {
            return PurgePage.decode(json);
        }
    }
}
