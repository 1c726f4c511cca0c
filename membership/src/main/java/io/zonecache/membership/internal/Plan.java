package io.zonecache.membership.internal;

import org.jspecify.annotations.Nullable;

/**
 * What follows from an observation.
 *
 * @param next the view to publish now, or null
 * @param waitingFor what keeps the next view back, or null
 */
public record Plan(
        @Nullable PublishedView next,
        Roster roster,
        @Nullable String waitingFor) {

    static Plan waitFor(Roster roster, @Nullable String reason) {
        return new Plan(null, roster, reason);
    }
}
