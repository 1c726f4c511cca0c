package io.zonecache.client.internal.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.buffer.BufferInternal;
import io.zonecache.model.Protocol;
import io.zonecache.model.StripeRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A request as it is sent to a node, over one connection or, after that one has ended, over another.
 *
 * @param headers those that all attempts have in common
 * @param records the body; empty for none
 * @param timeoutMillis for the whole request, the wait for a connection included; what is left of it is sent as the deadline
 * @param silenceMillis how long the node may be silent once the request is on its way
 * @param maxReplyBytes longer answers are cut off
 * @param isHeld whether the node keeps it until there is news: silence meanwhile means nothing, but where it can be pinged, it must answer that
 */
record OutgoingRequest(
        HttpMethod method,
        String uri,
        MultiMap headers,
        List<StripeRecord> records,
        long timeoutMillis,
        long silenceMillis,
        long maxReplyBytes,
        boolean isHeld) {

    /** The progress of a longer body is reported piece by piece. */
    private static final int MAX_PIECE_BYTES = 256 * 1024;

    RequestOptions options(long leftMillis) {
        return new RequestOptions()
                .setMethod(method)
                .setURI(uri)
                .setHeaders(MultiMap.caseInsensitiveMultiMap().addAll(headers))
                .putHeader(Protocol.DEADLINE_HEADER, Long.toString(leftMillis));
    }

    long bodyBytes() {
        long bytes = 0;
        for (StripeRecord stripe : records) {
            bytes += stripe.bytes().remaining();
        }
        return bytes;
    }

    /** The body in the order it is written: the records' own memory, which is copied only into the socket. */
    List<Buffer> body() {
        ByteBuffer[] parts = new ByteBuffer[records.size()];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = records.get(i).bytes().duplicate();
        }
        ByteBuf whole = Unpooled.wrappedBuffer(Math.max(1, parts.length), parts);
        if (whole.readableBytes() <= MAX_PIECE_BYTES) {
            return List.of(BufferInternal.buffer(whole));
        }
        List<Buffer> pieces = new ArrayList<>(whole.readableBytes() / MAX_PIECE_BYTES + 1);
        for (int at = whole.readerIndex(); at < whole.writerIndex(); at += MAX_PIECE_BYTES) {
            int bytes = Math.min(MAX_PIECE_BYTES, whole.writerIndex() - at);
            pieces.add(BufferInternal.buffer(whole.retainedSlice(at, bytes)));
        }
        whole.release();
        return pieces;
    }
}
