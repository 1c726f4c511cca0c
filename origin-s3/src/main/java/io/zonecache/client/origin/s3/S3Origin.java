package io.zonecache.client.origin.s3;

import static io.zonecache.model.CacheErrorCode.ABSENT;
import static io.zonecache.model.CacheErrorCode.ORIGIN_FAILED;

import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.FetchTimeouts;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.client.origin.OriginThreads;
import io.zonecache.client.origin.OriginThreads.Call;
import io.zonecache.client.origin.Origins;
import io.zonecache.client.origin.StatRequest;
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

    static final String LOCATION_FORM = "s3://BUCKET[/PREFIX]";

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
    public S3Origin(String bucket, String prefix, S3OriginOptions options) {
        this.bucket = bucket;
        this.prefix = prefix.replaceAll("^/+|/+$", "");
        this.maxChunkBytes = options.limits().maxChunkBytes();
        this.http = new AbortableHttpClient(S3Clients.http(options));
        try {
            this.s3 = S3Clients.s3(options, http);
        } catch (SdkException e) {
            http.close();
            throw new IllegalArgumentException(S3Clients.reason(options, e), e);
        }
        this.threads = new OriginThreads(describe(), options.limits());
    }

    /**
     * Opens an origin by its location; no request is sent yet.
     *
     * @param location {@code s3://BUCKET[/PREFIX]}
     * @param options how the store is reached
     * @throws IllegalArgumentException if the location has another form, or the SDK can't work with the options
     */
    public static S3Origin open(String location, S3OriginOptions options) {
        String path = location.startsWith(S3Location.SCHEME) ? location.substring(S3Location.SCHEME.length()) : "";
        int slash = path.indexOf('/');
        String bucket = slash < 0 ? path : path.substring(0, slash);
        if (bucket.isEmpty()) {
            throw Origins.badLocation(location, LOCATION_FORM);
        }
        return new S3Origin(bucket, slash < 0 ? "" : path.substring(slash + 1), options);
    }

    @Override
    public CompletableFuture<byte[]> fetch(FetchRequest request) {
        ObjectRange range = request.range();
        if (range == null) {
            GetObjectRequest get = GetObjectRequest.builder()
                    .bucket(bucket)
                    .key(objectKey(request.key()))
                    .build();
            return fetch(request, get);
        }
        return S3Location.of(range.uri(), location -> {
            GetObjectRequest get = GetObjectRequest.builder()
                    .bucket(location.bucket())
                    .key(location.key())
                    .ifMatch(range.etag())
                    .range("bytes=" + range.offsetBytes() + "-" + range.lastByteOffset())
                    .build();
            return fetch(request, get);
        });
    }

    private CompletableFuture<byte[]> fetch(FetchRequest request, GetObjectRequest get) {
        String what = "reading " + request.target();
        return threads.submit(
                what, request.timeouts(), running -> call(what, running, () -> read(request, get, running)));
    }

    @Override
    public CompletableFuture<StoredObject> stat(StatRequest request) {
        String uri = request.uri();
        return S3Location.of(uri, location -> {
            HeadObjectRequest head = HeadObjectRequest.builder()
                    .bucket(location.bucket())
                    .key(location.key())
                    .build();
            String what = "looking at " + uri;
            return threads.submit(
                    what,
                    FetchTimeouts.of(request.timeoutMillis()),
                    running -> call(what, running, () -> {
                        HeadObjectResponse found = s3.headObject(head);
                        return new StoredObject(uri, found.eTag(), found.contentLength());
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

    private byte[] read(FetchRequest request, GetObjectRequest get, Call running) throws InterruptedException {
        ResponseInputStream<GetObjectResponse> body = s3.getObject(get);
        running.recordProgress();
        boolean whole = false;
        try {
            byte[] chunk = readWhole(request, body, running);
            whole = true;
            return chunk;
        } catch (IOException e) {
            throw new CacheException(
                    ORIGIN_FAILED,
                    "reading " + request.target() + ": " + e + " from " + describe() + " (expected: "
                            + body.response().contentLength() + " bytes)",
                    e);
        } finally {
            if (!whole) {
                body.abort();
            }
        }
    }

    private byte[] readWhole(FetchRequest request, ResponseInputStream<GetObjectResponse> body, Call running)
            throws IOException, InterruptedException {
        Long length = body.response().contentLength();
        if (length == null || length < 1 || length > maxChunkBytes) {
            throw new OriginRefusedException(
                    badLength(request.target(), String.valueOf(length), "1.." + maxChunkBytes), null);
        }
        if (request.range() != null) {
            checkIsOf(request.range(), body.response());
        }
        running.await(request.reservation().reserve(length.intValue()));
        byte[] chunk = new byte[length.intValue()];
        int read = fill(chunk, body, running);
        if (read < chunk.length || body.read() >= 0) {
            String found = read < chunk.length ? Integer.toString(read) : "more";
            throw new CacheException(ORIGIN_FAILED, badLength(request.target(), found, length.toString()));
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
