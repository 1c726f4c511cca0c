package io.zonecache.membership.internal;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a member knows at one moment.
 *
 * @param members those that it trusts, in the order in which they joined
 * @param drained instances that asked to be taken out, present or not
 * @param highestEpoch that any member or data directory is known to know
 * @param nanos monotonic time
 */
public record Observation(
        @Nullable PublishedView last,
        List<PresentMember> members,
        Set<String> drained,
        long highestEpoch,
        long wallMillis,
        long nanos) {

    public Observation {
        members = List.copyOf(members);
        drained = Set.copyOf(drained);
    }
}
