package io.zonecache.client.origin.http;

import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.FetchTimeouts;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginDeniedException;
import io.zonecache.client.origin.OriginLimits;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.client.origin.OriginThreads;
import io.zonecache.client.origin.OriginThreads.Call;
import io.zonecache.client.origin.StatRequest;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Chunks at {@code <prefix><first two hex digits>/<key>}, and ranges of any file of the same server. */
final class HttpOrigin implements Origin {

    private static final String SCHEME = "http://";

    private final URI prefix;
    private final @Nullable String token;
    private final OriginLimits limits;
    private final OriginThreads threads;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    HttpOrigin(URI prefix, @Nullable String token, OriginLimits limits) {
        this.prefix = prefix;
        this.token = token;
        this.limits = limits;
        this.threads = new OriginThreads(prefix.toString(), limits);
    }

    @Override
    public CompletableFuture<byte[]> fetch(FetchRequest request) {
        ObjectRange range = request.range();
        if (range != null && !range.uri().startsWith(SCHEME)) {
            return CompletableFuture.failedFuture(noObjects(range.uri()));
        }
        HttpRequest.Builder get = range == null
                ? get(chunkUri(request.key()))
                : get(URI.create(range.uri()))
                        .header("If-Match", range.etag())
                        .header("Range", "bytes=" + range.offsetBytes() + "-" + range.lastByteOffset());
        String what = "reading " + request.target();
        return threads.submit(what, request.timeouts(), call -> read(what, request, get.build(), call));
    }

    @Override
    public CompletableFuture<StoredObject> stat(StatRequest request) {
        String uri = request.uri();
        if (!uri.startsWith(SCHEME)) {
            return CompletableFuture.failedFuture(noObjects(uri));
        }
        HttpRequest head =
                get(URI.create(uri)).method("HEAD", BodyPublishers.noBody()).build();
        return threads.submit("asking for the state of " + uri, FetchTimeouts.of(request.timeoutMillis()), call -> {
            HttpResponse<Void> answer = client.send(head, BodyHandlers.discarding());
            check("asking for the state of " + uri, answer);
            return new StoredObject(uri, etag(answer), length(answer));
        });
    }

    @Override
    public CompletableFuture<Void> store(ChunkKey key, ByteBuffer chunk, long timeoutMillis) {
        byte[] bytes = new byte[chunk.remaining()];
        chunk.duplicate().get(bytes);
        BodyPublisher body = BodyPublishers.ofByteArray(bytes);
        HttpRequest put = get(chunkUri(key)).PUT(body).build();
        return threads.submit("writing chunk " + key, FetchTimeouts.of(timeoutMillis), call -> {
            check("writing chunk " + key, client.send(put, BodyHandlers.discarding()));
            return null;
        });
    }

    @Override
    public String describe() {
        return prefix.toString();
    }

    @Override
    public void close() {
        threads.close();
    }

    private URI chunkUri(ChunkKey key) {
        return prefix.resolve(key.toHex().substring(0, 2) + "/" + key.toHex());
    }

    private HttpRequest.Builder get(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private byte[] read(String what, FetchRequest request, HttpRequest get, Call call)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = client.send(get, BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            call.onAbort(() -> close(body));
            call.recordProgress();
            check(what, answer);
            int length = checkedLength(what, request, answer);
            call.await(request.reservation().reserve(length));
            byte[] chunk = body.readNBytes(length);
            if (chunk.length < length) {
                throw failed(what, chunk.length + " bytes", String.valueOf(length));
            }
            return chunk;
        }
    }

    private int checkedLength(String what, FetchRequest request, HttpResponse<?> answer) {
        long length = length(answer);
        if (length < 1 || length > limits.maxChunkBytes()) {
            throw refused(what, length + " bytes", "1.." + limits.maxChunkBytes());
        }
        ObjectRange range = request.range();
        if (range != null && (length != range.lengthBytes() || !etag(answer).equals(range.etag()))) {
            throw refused(what, length + " bytes of " + etag(answer), range.lengthBytes() + " of " + range.etag());
        }
        return (int) length;
    }

    private void check(String what, HttpResponse<?> answer) {
        int status = answer.statusCode();
        switch (status) {
            case 200, 201, 206 -> {}
            case 404 -> throw new CacheException(CacheErrorCode.ABSENT, what + ": 404 from " + describe());
            case 412 ->
                throw new CacheException(
                        CacheErrorCode.ABSENT,
                        what + ": 412 from " + describe() + " (expected: the ETag asked for; the object has changed)");
            case 401, 403 ->
                throw new OriginDeniedException(
                        what + ": " + status + " from " + describe() + " (expected: 200; the token may lack the right)",
                        null);
            case 429, 503 ->
                throw new CacheException(
                        CacheErrorCode.ORIGIN_LIMIT, what + ": " + status + " from " + describe() + " (expected: 200)");
            default ->
                throw status < 500
                        ? refused(what, String.valueOf(status), "200")
                        : failed(what, String.valueOf(status), "200");
        }
    }

    private CacheException refused(String what, String found, String expected) {
        return new OriginRefusedException(
                what + ": " + found + " from " + describe() + " (expected: " + expected + ")", null);
    }

    private CacheException failed(String what, String found, String expected) {
        return new CacheException(
                CacheErrorCode.ORIGIN_FAILED,
                what + ": " + found + " from " + describe() + " (expected: " + expected + ")");
    }

    private static String etag(HttpResponse<?> answer) {
        return answer.headers().firstValue("ETag").orElse("none");
    }

    private static long length(HttpResponse<?> answer) {
        return answer.headers().firstValueAsLong("Content-Length").orElse(-1);
    }

    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
