package io.zonecache.client.origin.s3;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The parts of {@code s3://BUCKET/KEY}. */
record S3Location(String bucket, String key) {

    static final String SCHEME = "s3://";

    /** The result of the call for the object at this URI; fails with {@code BAD_REQUEST} if it names none. */
    static <T> CompletableFuture<T> of(String uri, Function<S3Location, CompletableFuture<T>> call) {
        int slash = uri.startsWith(SCHEME) ? uri.indexOf('/', SCHEME.length()) : -1;
        if (slash <= SCHEME.length() || slash == uri.length() - 1) {
            return CompletableFuture.failedFuture(new CacheException(
                    CacheErrorCode.BAD_REQUEST, "object: \"" + uri + "\" (expected: s3://BUCKET/KEY)"));
        }
        return call.apply(new S3Location(uri.substring(SCHEME.length(), slash), uri.substring(slash + 1)));
    }
}
