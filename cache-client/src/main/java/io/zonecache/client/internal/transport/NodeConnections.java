package io.zonecache.client.internal.transport;

import io.vertx.core.Context;
import java.util.concurrent.TimeUnit;

/**
 * The connections to one address, all on one event loop: those for stripes and short questions, and those on which requests wait at the node.
 * Waiting ones are apart, since they must not keep reads from the node, nor the end of a fill that they wait for.
 */
final class NodeConnections {

    /** As long as it takes until reads go around a silent node. */
    private static final long MIN_SILENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final String address;
    private final Context loop;
    private final NodeDialer dialer;
    private final ConnectionPool data;
    private final ConnectionPool waiting;
    private volatile long usedNanos;

    /** Of requests since anything came from the node, with each moment counted once; on the loop. */
    private long silentNanos;

    private long silenceCountedUntilNanos;

    NodeConnections(
            String address,
            Context loop,
            NodeDialer dialer,
            ConnectionPool.Limits dataLimits,
            ConnectionPool.Limits waitingLimits) {
        this.address = address;
        this.loop = loop;
        this.dialer = dialer;
        this.data = new ConnectionPool(loop, dialer::dial, dialer::distrustAddresses, dataLimits);
        this.waiting = new ConnectionPool(loop, dialer::dial, dialer::distrustAddresses, waitingLimits);
        this.usedNanos = System.nanoTime();
        this.silenceCountedUntilNanos = usedNanos;
    }

    /** As its user spells it. */
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
        silentNanos = 0;
        silenceCountedUntilNanos = now;
    }

    /**
     * On the loop. A request has ended in silence, which says little where its caller was in a hurry: only when that adds up are the connections and the
     * addresses checked.
     *
     * @param fromNanos when its silence began
     */
    void silent(PooledConnection connection, ConnectionPool pool, long fromNanos, long now) {
        long uncountedNanos = silenceCountedUntilNanos - fromNanos > 0 ? silenceCountedUntilNanos : fromNanos;
        silentNanos += Math.max(0, now - uncountedNanos);
        silenceCountedUntilNanos = now;
        if (Math.max(silentNanos, now - fromNanos) >= MIN_SILENCE_NANOS) {
            dialer.distrustAddresses();
            pool.suspect(connection);
        }
    }

    /** On the loop. */
    void closeIdle(long now, long idleNanos) {
        data.closeIdle(now, idleNanos);
        waiting.closeIdle(now, idleNanos);
    }

    /** On the loop. Whether nothing is connected and nobody has asked for it in the given time. */
    boolean isUnused(long now, long nanos) {
        return now - usedNanos >= nanos && data.isUnused() && waiting.isUnused();
    }

    /** On the loop. */
    void close() {
        data.close();
        waiting.close();
    }
}
