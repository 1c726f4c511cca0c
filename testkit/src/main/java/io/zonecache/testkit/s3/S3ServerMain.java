package io.zonecache.testkit.s3;

import io.vertx.core.json.JsonObject;
import java.io.IOException;

/**
 * The S3 server in a process of its own. Its one argument is {@link S3Options} as JSON; it prints one line of JSON with {@code
 * endpoint} and {@code control} when it is ready, and ends when its standard input does.
 */
public final class S3ServerMain {

    private S3ServerMain() {}

    public static void main(String[] args) throws IOException {
        try (S3Server server = S3Server.start(S3Options.of(args[0]))) {
            System.out.println(new JsonObject()
                    .put("endpoint", server.endpoint().toString())
                    .put("control", server.controlEndpoint().toString())
                    .encode());
            while (System.in.read() >= 0) {
                // Nothing is said on this channel; only its end means something.
            }
        }
        System.exit(0);
    }
}
