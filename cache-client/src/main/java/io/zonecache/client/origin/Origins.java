package io.zonecache.client.origin;

import io.zonecache.client.origin.directory.DirectoryOrigin;
import io.zonecache.client.origin.s3.S3Origin;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Origins by name. */
public final class Origins {

    private static final String S3_SCHEME = "s3://";
    private static final String FILE_SCHEME = "file:";

    private Origins() {}

    /**
     * @param location {@code s3://BUCKET[/PREFIX]} or {@code file:DIR}
     * @throws IllegalArgumentException with the value and what was expected
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
