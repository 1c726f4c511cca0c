package io.zonecache.server.lease;

/**
 * How many leases of a node one client may hold. A value.
 *
 * <p>Clients that hold less than a quarter of the share are served before all others. Slots that none of them waits for go to whoever
 * waits, so that few clients can use a whole share, but at most half of it to one. So a client that freezes with its leases
 * keeps others from half of the share for a lease lifetime, and two clients suffice to use all of it: hence the half is rounded up.
 *
 * @param share leases that the node may have running
 */
record ClientQuota(int share) {

    /** Who holds fewer goes first. */
    int guaranteed() {
        return Math.max(1, share / 4);
    }

    /** Nobody holds more; at least {@link #guaranteed} where the share is not 0. */
    int maximum() {
        return (share + 1) / 2;
    }
}
