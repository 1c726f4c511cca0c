package io.zonecache.client.origin.s3;

import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.FetchTimeouts;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.Origins;
import io.zonecache.model.ChunkKey;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Fetches the chunk that its argument names, with no other libraries than the module brings along, and prints it. */
final class WebIdentityMain {

    private static final long TIMEOUT_SECONDS = 30;

    private WebIdentityMain() {}

    public static void main(String[] arguments) throws Exception {
        FetchTimeouts timeouts = FetchTimeouts.of(TimeUnit.SECONDS.toMillis(TIMEOUT_SECONDS));
        try (Origin origin = Origins.parse("s3://bucket")) {
            byte[] chunk = origin.fetch(FetchRequest.ofChunk(ChunkKey.parse(arguments[0]), timeouts))
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            System.out.println(new String(chunk, StandardCharsets.UTF_8));
        }
    }
}
