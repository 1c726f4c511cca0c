package io.zonecache.client.origin.s3;

import static io.zonecache.model.CacheErrorCode.ORIGIN_FAILED;

import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.client.origin.OriginThreads.Call;
import io.zonecache.model.CacheException;
import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Reads chunks and ranges into memory, once there is room. Safe for concurrent use. */
final class S3Reader {

    /** Bytes per read: each read that returns counts as progress. */
    private static final int PIECE_BYTES = 64 * 1024;

    private final S3Client s3;
    private final int maxChunkBytes;

    S3Reader(S3Client s3, int maxChunkBytes) {
        this.s3 = s3;
        this.maxChunkBytes = maxChunkBytes;
    }

    /**
     * All bytes of the answer.
     *
     * @param what the call, for messages
     */
    byte[] read(String what, FetchRequest request, GetObjectRequest get, Call running) throws InterruptedException {
        ResponseInputStream<GetObjectResponse> body = s3.getObject(get);
        running.onAbort(body::abort);
        running.recordProgress();
        boolean whole = false;
        try {
            byte[] chunk = readWhole(what, request, body, running);
            whole = true;
            return chunk;
        } catch (IOException e) {
            throw new CacheException(
                    ORIGIN_FAILED,
                    what + ": " + e + " (expected: " + body.response().contentLength() + " bytes)",
                    e);
        } finally {
            if (!whole) {
                body.abort();
            }
        }
    }

    private byte[] readWhole(
            String what, FetchRequest request, ResponseInputStream<GetObjectResponse> body, Call running)
            throws IOException, InterruptedException {
        Long length = body.response().contentLength();
        if (length == null || length < 1 || length > maxChunkBytes) {
            throw new OriginRefusedException(
                    badLength(what, length == null ? "an unknown number of" : length.toString(), "1.." + maxChunkBytes),
                    null);
        }
        if (request.range() != null) {
            S3Answers.checkIsOf(what, request.range(), body.response());
        }
        running.await(request.reservation().reserve(length.intValue()));
        byte[] chunk = new byte[length.intValue()];
        int read = fill(chunk, body, running);
        if (read < chunk.length || body.read() >= 0) {
            String found = read < chunk.length ? Integer.toString(read) : "more";
            throw new CacheException(ORIGIN_FAILED, badLength(what, found, length.toString()));
        }
        body.close();
        return chunk;
    }

    /** How many bytes were read before the end of the body or of the array. */
    private static int fill(byte[] chunk, InputStream body, Call running) throws IOException {
        int filled = 0;
        int read = 0;
        while (read >= 0 && filled < chunk.length) {
            filled += read;
            read = body.read(chunk, filled, Math.min(PIECE_BYTES, chunk.length - filled));
            running.recordProgress();
        }
        return filled;
    }

    private static String badLength(String what, String found, String expected) {
        return what + ": " + found + " bytes (expected: " + expected + ")";
    }
}
