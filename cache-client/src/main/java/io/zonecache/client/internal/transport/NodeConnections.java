package io.zonecache.client.internal.transport;

import io.vertx.core.Context;

/**
 * The connections to one address, all on one event loop: those for stripes and short requests, and those on which requests wait at the node. The
 * latter are separate, because waiting requests must not block reads, nor the end of a fill that they wait for.
 */
final class NodeConnections {

    private final String address;
    private final Context loop;
    private final NodeDialer dialer;
    private final ConnectionPool data;
    private final ConnectionPool waiting;
    private final PeerSilence silence;
    private volatile long usedNanos;

    NodeConnections(
            String address,
            Context loop,
            NodeDialer dialer,
            ConnectionPool.Limits dataLimits,
            ConnectionPool.Limits waitingLimits) {
        this.address = address;
        this.loop = loop;
        this.dialer = dialer;
        this.data = new ConnectionPool(loop, dialer::dial, dialer::invalidateAddresses, dataLimits);
        this.waiting = new ConnectionPool(loop, dialer::dial, dialer::invalidateAddresses, waitingLimits);
        this.usedNanos = System.nanoTime();
        this.silence = new PeerSilence(usedNanos);
    }

    /** As the caller spells it. */
    String address() {
        return address;
    }

    Context loop() {
        return loop;
    }

    /** @param isWaiting whether the request may wait at the node */
    ConnectionPool pool(boolean isWaiting) {
        usedNanos = System.nanoTime();
        return isWaiting ? waiting : data;
    }

    /** On the loop. Something has come from the node. */
    void heard(long now) {
        silence.heard(now);
    }

    /**
     * On the loop. A request on this connection has ended in silence; once that adds up, the connections and the addresses are checked.
     *
     * @param fromNanos when its silence began
     */
    void silent(PooledConnection connection, ConnectionPool pool, long fromNanos, long now) {
        if (silence.add(fromNanos, now)) {
            dialer.invalidateAddresses();
            pool.checkAfterSilence(connection);
        }
    }

    /** On the loop. */
    void closeIdle(long now, long idleNanos) {
        data.closeIdle(now, idleNanos);
        waiting.closeIdle(now, idleNanos);
    }

    /** On the loop. Whether nothing is connected and no request has used it in the given time. */
    boolean isUnused(long now, long nanos) {
        return now - usedNanos >= nanos && data.isUnused() && waiting.isUnused();
    }

    /** On the loop. */
    void close() {
        data.close();
        waiting.close();
    }
}
