package io.zonecache.client.origin.s3;

import io.zonecache.client.origin.Origins;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of {@code s3://BUCKET[/KEY]}.
 *
 * @param bucket its name, or the ARN of an access point
 * @param key as it is, not escaped; empty if there is none
 */
record S3Location(String bucket, String key) {

    static final String FORM = "s3://BUCKET[/PREFIX]";

    private static final String SCHEME = "s3://";
    private static final String ARN = "arn:";
    private static final String ARN_FORM = "arn:PARTITION:s3:REGION:ACCOUNT:accesspoint/NAME";

    /** An ARN has a slash of its own. */
    private static final Pattern LOCATION = Pattern.compile(
            SCHEME + "(arn:[^:/]+:s3:[^:/]+:[^:/]*:accesspoint[:/][^:/]+|(?!" + ARN + ")[^/]+)(?:/(.*))?",
            Pattern.DOTALL);

    /** Belongs to no region, so that the SDK signs for it with native code only, which is not part of the library. */
    private static final Pattern MULTI_REGION = Pattern.compile(SCHEME + ARN + "[^:/]+:s3::[^:/]*:accesspoint");

    /**
     * The place of chunks.
     *
     * @param location {@code s3://BUCKET[/PREFIX]}
     * @throws IllegalArgumentException if it has another form
     */
    static S3Location ofPrefix(String location) {
        return parse(location).orElseThrow(() -> Origins.badLocation(location, form(location, FORM)));
    }

    /** The result of the call for the object at this URI; fails with {@code BAD_REQUEST} if it names none. */
    static <T> CompletableFuture<T> ofObject(String uri, Function<S3Location, CompletableFuture<T>> call) {
        return parse(uri)
                .filter(location -> !location.key.isEmpty())
                .map(call)
                .orElseGet(() -> CompletableFuture.failedFuture(new CacheException(
                        CacheErrorCode.BAD_REQUEST,
                        "object: \"" + uri + "\" (expected: " + form(uri, "s3://BUCKET/KEY") + ")")));
    }

    private static Optional<S3Location> parse(String text) {
        Matcher matcher = LOCATION.matcher(text);
        return matcher.matches()
                ? Optional.of(new S3Location(matcher.group(1), matcher.group(2) == null ? "" : matcher.group(2)))
                : Optional.empty();
    }

    private static String form(String text, String form) {
        if (!text.startsWith(SCHEME + ARN)) {
            return form;
        }
        boolean isMultiRegion = MULTI_REGION.matcher(text).lookingAt();
        return form.replace("BUCKET", ARN_FORM)
                + (isMultiRegion
                        ? "; multi-region access points need the SDK's native code, and are not supported"
                        : "");
    }

    @Override
    public String toString() {
        return SCHEME + bucket + (key.isEmpty() ? "" : "/" + key);
    }
}
