package io.zonecache.membership;

import org.jspecify.annotations.Nullable;

/**
 * A node's part in the zone.
 *
 * @param membersPresent nodes that this one sees and trusts, itself included
 * @param publisher whether this node is the one that publishes views at present
 * @param refusal why the zone does not take this node in, or null
 * @param waitingFor what the next view waits for, or null where none is due
 * @param viewsPublished views published by this node since it started
 * @param rejectedMessages views and member records refused since the start: sealed with another secret, malformed or replayed
 */
public record MembershipStatus(
        int membersPresent,
        boolean publisher,
        @Nullable String refusal,
        @Nullable String waitingFor,
        long viewsPublished,
        long rejectedMessages) {}
