package io.zonecache.client.internal.view;

import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ZoneNode;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What filling and writing must know of the zone. Safe for concurrent use, never blocks. */
public interface ZoneKnowledge {

    /** The newest view known; null before the first. */
    @Nullable
    KnownView current();

    /** Completes, never exceptionally, once a view is known or the first attempt to get one has failed. */
    CompletableFuture<Void> known();

    /** Asks for a newer view now; completes, never exceptionally, when an answer has come or none could be obtained. */
    CompletableFuture<Void> refresh();

    /** Why no node answers for the zone's view; null if one does, or none has been asked yet. */
    @Nullable
    String unreachableReason();

    /** For a chunk that can't be read or written for want of a view. */
    default CacheException unknown(ChunkName name) {
        String reason = unreachableReason();
        return new CacheException(
                CacheErrorCode.ZONE_UNCERTAIN,
                name.describe() + ": no node of the zone "
                        + (reason == null
                                ? "has answered yet (expected: one)"
                                : "answered (expected: one); " + reason));
    }

    /** Whether this client's own evidence, or the view, says not to ask this node now. */
    boolean isSkipped(ZoneNode node);

    /** Whether that is so because the node has been silent: then answers to earlier requests are no longer waited for. */
    boolean isSilent(ZoneNode node);
}
