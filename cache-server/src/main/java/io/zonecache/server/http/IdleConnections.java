package io.zonecache.server.http;

import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop, and a list of those without a request under way, the longest idle first. The list runs through the
 * connections themselves, so that each operation takes constant time and allocates nothing.
 *
 * <p>Thread-safe. The event loop calls twice for each request; other threads call only when a connection is to be closed for a new one, so
 * that the lock is hardly ever contended.
 */
final class IdleConnections {

    /** Later than any connection can be idle since. */
    static final long NONE_IDLE = Long.MAX_VALUE;

    private @Nullable DataConnection oldest;
    private @Nullable DataConnection newest;
    private int busy;

    /** Read without the lock, to choose the event loop with the longest idle connection. */
    private volatile long idleSinceNanos = NONE_IDLE;

    /** Since when the longest idle connection is so; {@link #NONE_IDLE} if there is none. */
    long idleSinceNanos() {
        return idleSinceNanos;
    }

    /** Connections with a request under way. */
    synchronized int busy() {
        return busy;
    }

    /** Lists an open connection from now on. It has no request yet. */
    synchronized void admit(DataConnection connection, long nowNanos) {
        if (connection.state == DataConnection.State.SURPLUS) {
            connection.state = DataConnection.State.ADMITTED;
            append(connection, nowNanos);
        }
    }

    /** Begins a request on a connection that is admitted already, or whose close has been announced. Else false, and nothing changes. */
    synchronized boolean beginRequest(DataConnection connection) {
        if (connection.state != DataConnection.State.ADMITTED && connection.state != DataConnection.State.CLOSING) {
            return false;
        }
        if (connection.requests++ == 0) {
            busy++;
            if (connection.state == DataConnection.State.ADMITTED) {
                unlink(connection);
            }
        }
        return true;
    }

    /** Admits a connection by its first request. */
    synchronized void admitBusy(DataConnection connection) {
        if (connection.state == DataConnection.State.SURPLUS) {
            connection.state = DataConnection.State.ADMITTED;
            connection.requests = 1;
            busy++;
        }
    }

    /** Leaves a connection beyond the limit for good. */
    synchronized void refuse(DataConnection connection) {
        if (connection.state == DataConnection.State.SURPLUS) {
            connection.state = DataConnection.State.REFUSED;
        }
    }

    synchronized void endRequest(DataConnection connection, long nowNanos) {
        if (connection.state == DataConnection.State.CLOSED) {
            return;
        }
        if (--connection.requests == 0) {
            busy--;
            if (connection.state == DataConnection.State.ADMITTED) {
                append(connection, nowNanos);
            }
        }
    }

    /** Takes out the longest idle connection, to be closed; null if each has a request under way. */
    synchronized @Nullable DataConnection takeLongestIdle() {
        DataConnection chosen = oldest;
        if (chosen != null) {
            unlink(chosen);
            chosen.state = DataConnection.State.CLOSING;
        }
        return chosen;
    }

    /** Forgets a connection that is gone. Returns what it was before. */
    synchronized DataConnection.State closed(DataConnection connection) {
        DataConnection.State before = connection.state;
        if (connection.requests > 0) {
            busy--;
        } else if (before == DataConnection.State.ADMITTED) {
            unlink(connection);
        }
        connection.state = DataConnection.State.CLOSED;
        return before;
    }

    private void append(DataConnection connection, long nowNanos) {
        connection.idleSinceNanos = nowNanos;
        DataConnection last = newest;
        connection.older = last;
        connection.newer = null;
        newest = connection;
        if (last == null) {
            oldest = connection;
            idleSinceNanos = nowNanos;
        } else {
            last.newer = connection;
        }
    }

    private void unlink(DataConnection connection) {
        DataConnection before = connection.older;
        DataConnection after = connection.newer;
        if (after == null) {
            newest = before;
        } else {
            after.older = before;
        }
        if (before == null) {
            oldest = after;
            idleSinceNanos = after == null ? NONE_IDLE : after.idleSinceNanos;
        } else {
            before.newer = after;
        }
        connection.older = null;
        connection.newer = null;
    }
}
