package io.zonecache.client.internal.transport;

import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.StripeRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Parses stripe records from a stream of pieces that are cut anywhere. Headers are gathered in a buffer of 64 bytes; payloads go straight to the
 * sink's targets, with the checksum taken while the bytes are hot. Bytes that can't be a record end the parsing: nothing after them can be trusted
 * to start one. Not thread-safe.
 */
final class StripeParser {

    /** Bytes 12..15 of a header of any version. */
    private static final int PAYLOAD_LENGTH_OFFSET = 12;

    private static final int CRC_OFFSET = 60;

    private final ChunkKey key;
    private final StripeSink sink;
    private final byte[] headerBytes = new byte[StripeRecord.HEADER_BYTES];
    private final CRC32C crc = new CRC32C();
    private final List<GetReply.Received> verified = new ArrayList<>(1);

    private int headerFilled;
    private long payloadLeft;
    private boolean isCutOff;
    private boolean isMalformed;
    private int corruptRecords;
    private @Nullable StripeHeader header;
    private @Nullable PayloadTarget target;

    StripeParser(ChunkKey key, StripeSink sink) {
        this.key = key;
        this.sink = sink;
    }

    /** @return false if the rest need not come, because it can't be parsed */
    boolean feed(Bytes bytes) {
        int at = 0;
        while (at < bytes.length() && !isMalformed) {
            at += headerFilled < headerBytes.length ? feedHeader(bytes, at) : feedPayload(bytes, at);
        }
        return !isMalformed;
    }

    /** A record that has not arrived whole makes the body bad. */
    GetReply.Stripes end() {
        if (!isMalformed && headerFilled > 0) {
            corruptRecords++;
        }
        return new GetReply.Stripes(verified, corruptRecords);
    }

    /** The records that have arrived whole although the rest broke off. */
    GetReply.Stripes endCutOff() {
        return new GetReply.Stripes(verified, corruptRecords);
    }

    private int feedHeader(Bytes bytes, int at) {
        int taken = Math.min(headerBytes.length - headerFilled, bytes.length() - at);
        bytes.copy(at, taken, headerBytes, headerFilled);
        headerFilled += taken;
        if (headerFilled == headerBytes.length) {
            beginRecord();
        }
        return taken;
    }

    private void beginRecord() {
        ByteBuffer bytes = ByteBuffer.wrap(headerBytes);
        header = null;
        target = null;
        isCutOff = false;
        if (!StripeRecord.isKnownVersion(bytes)) {
            payloadLeft = bytes.getInt(PAYLOAD_LENGTH_OFFSET) & 0xFFFFFFFFL;
        } else {
            try {
                header = StripeRecord.readHeader(bytes);
            } catch (CacheException e) {
                corruptRecords++;
                isMalformed = true;
                return;
            }
            payloadLeft = header.payloadBytes();
            if (header.key().equals(key)) {
                target = sink.accept(header);
                crc.reset();
                crc.update(headerBytes, 0, CRC_OFFSET);
            } else {
                corruptRecords++;
            }
        }
        if (payloadLeft == 0) {
            headerFilled = 0;
        }
    }

    private int feedPayload(Bytes bytes, int at) {
        int taken = (int) Math.min(payloadLeft, bytes.length() - at);
        if (target != null && !isCutOff) {
            isCutOff = !target.write((array, offset) -> bytes.copy(at, taken, array, offset), taken, crc);
        }
        payloadLeft -= taken;
        if (payloadLeft == 0) {
            endRecord();
        }
        return taken;
    }

    private void endRecord() {
        headerFilled = 0;
        if (header == null || target == null || isCutOff) {
            return;
        }
        if ((int) crc.getValue() == header.crc32c()) {
            verified.add(new GetReply.Received(header, target));
        } else {
            corruptRecords++;
        }
    }

    /** A piece of the stream. */
    interface Bytes {
        int length();

        void copy(int from, int bytes, byte[] target, int offset);
    }
}
