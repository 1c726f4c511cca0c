package io.zonecache.client.origin.s3;

import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.FetchTimeouts;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginThreads;
import io.zonecache.client.origin.StatRequest;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * Stores each chunk in an object, {@code <prefix>/<first two hex digits>/<key>}, and reads ranges of any object that the credentials may read. Uses
 * the SDK's blocking client on threads of its own: calls are few, because the origin limit is low, and the SDK retries nothing.
 */
public final class S3Origin implements Origin {

    private final S3Location place;
    private final @Nullable String customerKeySha256;
    private final boolean allowsWriteBack;
    private final S3Requests requests;
    private final S3Connection connection;
    private final S3Client s3;
    private final S3Reader reader;
    private final OriginThreads threads;

    /**
     * Creates an origin; nothing is read yet.
     *
     * @param bucket of the chunks: its name, or the ARN of an access point
     * @param prefix of every object key; may be empty
     * @param options how the store is reached
     * @throws IllegalArgumentException if the SDK can't work with the options, such as if no region can be found
     */
    public S3Origin(String bucket, String prefix, S3OriginOptions options) {
        CustomerKey customerKey = options.customerKey();
        this.place = new S3Location(bucket, prefix.replaceAll("^/+|/+$", ""));
        this.customerKeySha256 = customerKey == null ? null : customerKey.sha256();
        this.allowsWriteBack = customerKey == null || options.writeBackEncrypted();
        this.requests = new S3Requests(options);
        this.connection = S3Connection.open(options);
        this.s3 = connection.s3();
        this.reader = new S3Reader(s3, options.limits().maxChunkBytes());
        this.threads = new OriginThreads("S3", options.limits()); // Objects may be of any bucket.
    }

    /**
     * Opens an origin by its location; no request is sent yet.
     *
     * @param location {@code s3://BUCKET[/PREFIX]}, where the bucket may be the ARN of an access point
     * @param options how the store is reached
     * @throws IllegalArgumentException if the location has another form, or the SDK can't work with the options
     */
    public static S3Origin open(String location, S3OriginOptions options) {
        S3Location place = S3Location.ofPrefix(location);
        return new S3Origin(place.bucket(), place.key(), options);
    }

    @Override
    public CompletableFuture<byte[]> fetch(FetchRequest request) {
        FetchTimeouts timeouts = request.timeouts();
        // Until the answer begins, the call is silent.
        long headMillis = Math.min(timeouts.idleMillis(), timeouts.totalMillis());
        ObjectRange range = request.range();
        if (range == null) {
            return fetch(
                    "reading " + request.target() + " of " + place,
                    S3Action.READ,
                    request,
                    requests.get(objectOf(request.key()), headMillis));
        }
        if (!Objects.equals(range.customerKeySha256(), customerKeySha256)) {
            return CompletableFuture.failedFuture(S3Failures.otherKey(range, customerKeySha256));
        }
        return S3Location.ofObject(
                range.uri(),
                object -> fetch(
                        "reading " + range,
                        S3Action.read(range.versionId()),
                        request,
                        requests.get(object, range, headMillis)));
    }

    private CompletableFuture<byte[]> fetch(String what, S3Action action, FetchRequest request, GetObjectRequest get) {
        return submit(what, action, request.timeouts(), running -> reader.read(what, request, get, running));
    }

    @Override
    public CompletableFuture<StoredObject> stat(StatRequest request) {
        return S3Location.ofObject(request.uri(), object -> {
            HeadObjectRequest head = requests.head(object, request);
            String what = "asking for the state of " + request.uri();
            return submit(
                    what,
                    S3Action.stat(request.versionId()),
                    FetchTimeouts.of(request.timeoutMillis()),
                    running -> S3Answers.stored(what, request, s3.headObject(head), customerKeySha256));
        });
    }

    @Override
    public CompletableFuture<Void> store(ChunkKey key, ByteBuffer chunk, long timeoutMillis) {
        PutObjectRequest put = requests.put(objectOf(key), timeoutMillis);
        ByteBuffer bytes = chunk.asReadOnlyBuffer();
        return submit(
                "writing chunk " + key + " to " + place, S3Action.WRITE, FetchTimeouts.of(timeoutMillis), running -> {
                    s3.putObject(put, RequestBody.fromRemainingByteBuffer(bytes.duplicate()));
                    return null;
                });
    }

    @Override
    public boolean allowsWriteBack() {
        return allowsWriteBack;
    }

    @Override
    public String describe() {
        return place.toString();
    }

    @Override
    public void close() {
        threads.close();
        connection.closer().run();
    }

    private S3Location objectOf(ChunkKey key) {
        String hex = key.toHex();
        String prefix = place.key().isEmpty() ? "" : place.key() + "/";
        return new S3Location(place.bucket(), prefix + hex.substring(0, 2) + "/" + hex);
    }

    private <T> CompletableFuture<T> submit(
            String what, S3Action action, FetchTimeouts timeouts, OriginThreads.BlockingCall<T> call) {
        return threads.submit(what, timeouts, running -> {
            AbortableHttpClient.begin(running);
            try {
                return call.run(running);
            } catch (SdkException | CredentialsException e) {
                throw S3Failures.translate(what, action, e);
            } finally {
                AbortableHttpClient.end();
            }
        });
    }
}
