package io.zonecache.client.origin;

import io.zonecache.client.origin.directory.DirectoryOrigin;
import io.zonecache.client.origin.s3.S3Origin;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Makes origins from their location. Safe for concurrent use. */
public final class Origins {

    private static final String S3_SCHEME = "s3://";
    private static final String FILE_SCHEME = "file:";

    private Origins() {}

    /**
     * Makes an origin, which sends no request to its store yet.
     *
     * @param location {@code s3://BUCKET[/PREFIX]} or {@code file:DIR}
     * @param options how it is reached
     * @return to be closed when it is no longer needed; a {@link io.zonecache.client.ZoneCache} closes its own
     * @throws IllegalArgumentException if the location has another form, or no region can be found for it
     */
    public static Origin parse(String location, OriginOptions options) {
        if (location.startsWith(S3_SCHEME)) {
            String rest = location.substring(S3_SCHEME.length());
            int slash = rest.indexOf('/');
            String bucket = slash < 0 ? rest : rest.substring(0, slash);
            if (bucket.isEmpty()) {
                throw unknown(location);
            }
            return new S3Origin(bucket, slash < 0 ? "" : rest.substring(slash + 1), options);
        }
        if (location.startsWith(FILE_SCHEME)) {
            return new DirectoryOrigin(directory(location), options);
        }
        throw unknown(location);
    }

    private static Path directory(String location) {
        String path = location.substring(FILE_SCHEME.length());
        path = path.startsWith("//") ? path.substring(2) : path;
        if (path.isEmpty()) {
            throw unknown(location);
        }
        try {
            return Path.of(path);
        } catch (InvalidPathException e) {
            throw unknown(location);
        }
    }

    private static IllegalArgumentException unknown(String location) {
        return new IllegalArgumentException(
                "origin: \"" + location + "\" (expected: s3://BUCKET[/PREFIX] or file:DIR)");
    }
}
