package io.zonecache.membership.internal;

import io.zonecache.membership.PurgeDigest;
import io.zonecache.model.ViewVersion;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a process says again and again, as it changes.
 *
 * @param sequence grows with each news of an instance, so that a replayed one is known
 * @param highestEpoch that the process or its data directory knows
 * @param version of the newest view that the process has, or null
 * @param unconfirmedNanos age of the process's knowledge that this view is the zone's; negative if it does not know
 * @param answers the sequence of the latest news by the instance that sent it
 * @param purges what the process's purge list comes to; null from a version that has none
 */
public record MemberNews(
        String instance,
        long sequence,
        boolean draining,
        boolean down,
        long highestEpoch,
        @Nullable ViewVersion version,
        long unconfirmedNanos,
        Map<String, Long> answers,
        @Nullable PurgeDigest purges) {

    public MemberNews {
        answers = Map.copyOf(answers);
    }
}
