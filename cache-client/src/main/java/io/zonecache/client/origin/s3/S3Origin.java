package io.zonecache.client.origin.s3;

import static io.zonecache.model.CacheErrorCode.ABSENT;
import static io.zonecache.model.CacheErrorCode.ORIGIN_FAILED;

import io.zonecache.client.origin.BufferReservation;
import io.zonecache.client.origin.FetchTimeouts;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginOptions;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.client.origin.OriginThreads;
import io.zonecache.client.origin.OriginThreads.Call;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * Stores each chunk in an object, {@code <prefix>/<first two hex digits>/<key>}, and reads ranges of any object that the credentials may read. Uses
 * the SDK's blocking client on threads of its own: calls are few, because the origin limit is low, and the SDK retries nothing.
 */
public final class S3Origin implements Origin {

    /** Bytes per read: each read that returns counts as progress. */
    private static final int PIECE_BYTES = 64 * 1024;

    private final String bucket;
    private final String prefix;
    private final int maxChunkBytes;
    private final AbortableHttpClient http;
    private final S3Client s3;
    private final OriginThreads threads;

    /**
     * Creates an origin; nothing is read yet.
     *
     * @param bucket of the chunks
     * @param prefix of every object key; may be empty
     * @param options how the store is reached
     * @throws IllegalArgumentException if the SDK can't work with the options, such as if no region can be found
     */
    public S3Origin(String bucket, String prefix, OriginOptions options) {
        this.bucket = bucket;
        this.prefix = prefix.replaceAll("^/+|/+$", "");
        this.maxChunkBytes = options.maxChunkBytes();
        this.http = new AbortableHttpClient(S3Clients.http(options));
        try {
            this.s3 = S3Clients.s3(options, http);
        } catch (SdkException e) {
            http.close();
            throw new IllegalArgumentException(
                    describe() + ": " + e.getMessage() + " (expected: a region, by option or in the environment)", e);
        }
        this.threads = new OriginThreads(describe(), options.threads(), options.queueLength());
    }

    @Override
    public CompletableFuture<byte[]> fetch(ChunkKey key, FetchTimeouts timeouts) {
        return fetch(key, timeouts, BufferReservation.UNBOUNDED);
    }

    @Override
    public CompletableFuture<byte[]> fetch(ChunkKey key, FetchTimeouts timeouts, BufferReservation reservation) {
        GetObjectRequest request =
                GetObjectRequest.builder().bucket(bucket).key(objectKey(key)).build();
        String what = "reading chunk " + key;
        return threads.submit(
                what,
                timeouts,
                running -> call(what, running, () -> read("chunk " + key, request, null, reservation, running)));
    }

    @Override
    public CompletableFuture<byte[]> fetch(ObjectRange range, FetchTimeouts timeouts) {
        return fetch(range, timeouts, BufferReservation.UNBOUNDED);
    }

    @Override
    public CompletableFuture<byte[]> fetch(ObjectRange range, FetchTimeouts timeouts, BufferReservation reservation) {
        return S3Location.of(range.uri(), location -> {
            GetObjectRequest request = GetObjectRequest.builder()
                    .bucket(location.bucket())
                    .key(location.key())
                    .ifMatch(range.etag())
                    .range("bytes=" + range.offsetBytes() + "-" + range.lastByteOffset())
                    .build();
            String what = "reading " + range;
            return threads.submit(
                    what,
                    timeouts,
                    running -> call(what, running, () -> read(range.toString(), request, range, reservation, running)));
        });
    }

    @Override
    public CompletableFuture<StoredObject> stat(String uri, long timeoutMillis) {
        return S3Location.of(uri, location -> {
            HeadObjectRequest request = HeadObjectRequest.builder()
                    .bucket(location.bucket())
                    .key(location.key())
                    .build();
            String what = "looking at " + uri;
            return threads.submit(
                    what,
                    FetchTimeouts.of(timeoutMillis),
                    running -> call(what, running, () -> {
                        HeadObjectResponse head = s3.headObject(request);
                        return new StoredObject(uri, head.eTag(), head.contentLength());
                    }));
        });
    }

    @Override
    public CompletableFuture<Void> store(ChunkKey key, ByteBuffer chunk, long timeoutMillis) {
        PutObjectRequest request =
                PutObjectRequest.builder().bucket(bucket).key(objectKey(key)).build();
        ByteBuffer bytes = chunk.asReadOnlyBuffer();
        String what = "writing chunk " + key;
        return threads.submit(
                what,
                FetchTimeouts.of(timeoutMillis),
                running -> call(what, running, () -> {
                    s3.putObject(request, RequestBody.fromRemainingByteBuffer(bytes.duplicate()));
                    return null;
                }));
    }

    @Override
    public String describe() {
        return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    }

    @Override
    public void close() {
        threads.close();
        s3.close();
        http.close();
    }

    private String objectKey(ChunkKey key) {
        String hex = key.toHex();
        return (prefix.isEmpty() ? "" : prefix + "/") + hex.substring(0, 2) + "/" + hex;
    }

    private <T> @Nullable T call(String what, Call running, Callable<T> call) throws Exception {
        AbortableHttpClient.begin(running);
        try {
            return call.call();
        } catch (SdkException e) {
            throw S3Failures.translate(what, describe(), e);
        } finally {
            AbortableHttpClient.end();
        }
    }

    /** @param expected null takes any length that a chunk may have, and any version */
    private byte[] read(
            String what,
            GetObjectRequest request,
            @Nullable ObjectRange expected,
            BufferReservation reservation,
            Call running)
            throws InterruptedException {
        ResponseInputStream<GetObjectResponse> body = s3.getObject(request);
        running.recordProgress();
        boolean whole = false;
        try {
            byte[] chunk = readWhole(what, body, expected, reservation, running);
            whole = true;
            return chunk;
        } catch (IOException e) {
            throw new CacheException(
                    ORIGIN_FAILED,
                    "reading " + what + ": " + e + " from " + describe() + " (expected: "
                            + body.response().contentLength() + " bytes)",
                    e);
        } finally {
            if (!whole) {
                body.abort();
            }
        }
    }

    private byte[] readWhole(
            String what,
            ResponseInputStream<GetObjectResponse> body,
            @Nullable ObjectRange expected,
            BufferReservation reservation,
            Call running)
            throws IOException, InterruptedException {
        Long length = body.response().contentLength();
        if (length == null || length < 1 || length > maxChunkBytes) {
            throw new OriginRefusedException(badLength(what, String.valueOf(length), "1.." + maxChunkBytes), null);
        }
        if (expected != null) {
            checkIsOf(expected, body.response());
        }
        running.await(reservation.reserve(length.intValue()));
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

    /** Not every server supports conditions and ranges, and the key promises that these bytes are of that version. */
    private void checkIsOf(ObjectRange expected, GetObjectResponse answer) {
        if (!expected.etag().equals(answer.eTag())) {
            throw new CacheException(
                    ABSENT,
                    "reading " + expected + ": ETag " + answer.eTag() + " from " + describe()
                            + " (expected: the one asked for; the object has changed)");
        }
        String place = "bytes " + expected.offsetBytes() + "-" + expected.lastByteOffset() + "/";
        if (answer.contentLength() != expected.lengthBytes()
                || answer.contentRange() == null
                || !answer.contentRange().startsWith(place)) {
            throw new OriginRefusedException(
                    badLength(
                            expected.toString(),
                            answer.contentLength() + ", Content-Range " + answer.contentRange(),
                            expected.lengthBytes() + ", Content-Range " + place + "LENGTH"),
                    null);
        }
    }

    private String badLength(String what, String found, String expected) {
        return "bytes of " + what + ": " + found + " from " + describe() + " (expected: " + expected + ")";
    }
}
