package io.zonecache.client.internal.view;

import io.zonecache.model.ZoneNode;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A zone of which no view is known.
 *
 * @param known completes when it is known that there is none
 */
public record UnknownZone(
        CompletableFuture<Void> known, @Nullable String unreachableReason) implements ZoneKnowledge {

    /** No longer waited for. */
    public UnknownZone() {
        this(CompletableFuture.completedFuture(null), null);
    }

    @Override
    public @Nullable KnownView current() {
        return null;
    }

    @Override
    public CompletableFuture<Void> refresh() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean isSkipped(ZoneNode node) {
        return false;
    }

    @Override
    public boolean isSilent(ZoneNode node) {
        return false;
    }
}
