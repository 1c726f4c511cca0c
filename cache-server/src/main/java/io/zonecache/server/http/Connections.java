package io.zonecache.server.http;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import io.zonecache.server.config.Limits;
import io.zonecache.server.metrics.ConnectionCounts;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds the data plane's connections to their limit, over all event loops.
 *
 * <p>A connection beyond the limit is in surplus until its first request. That request admits it if a place has become free, or if a
 * connection without a request under way can be closed for it: the one that has been idle longest of all. If each has a request under
 * way, the request is answered {@code BUSY} and its connection closed.
 *
 * <p>A connection that is chosen for closing stays for a moment, since a request may be on its way already: under
 * HTTP/1.1 it is answered with {@code Connection: close}, under HTTP/2 a first {@code GOAWAY} announces the close and still takes
 * streams, a second one names the last that was taken, and those under way end (RFC 9113, section 6.8). What arrives later meets a
 * closed connection before any byte of an answer.
 *
 * <p>Surplus and closing connections are at most {@link Limits#MAX_SURPLUS_CONNECTIONS}, so that open connections never exceed the limit by more.
 * Thread-safe. The cost of a request is two uncontended locks of its own event loop; admitting one beyond the limit looks at one number for
 * each event loop.
 */
public final class Connections {

    /** How long a surplus connection may take to ask something. */
    private static final long FIRST_REQUEST_MILLIS = 1_000;

    /** Many round trips within a zone, and longer than an event loop takes to come to what the kernel holds for it. */
    private static final long CLOSING_GRACE_MILLIS = 25;

    /** How long a client may take to close an HTTP/2 connection itself, once it has its last answer. */
    private static final long LINGER_MILLIS = 500;

    private static final AttributeKey<DataConnection> KEY = AttributeKey.valueOf("zonecache.connection");

    private final int maxConnections;
    private final long closingGraceMillis;
    private final long answerMillis;
    private final LongSupplier nanoClock;
    private final long startNanos;
    private final ConcurrentHashMap<EventLoop, IdleConnections> byEventLoop = new ConcurrentHashMap<>();
    private final List<IdleConnections> all = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger admitted = new AtomicInteger();
    private final LongAdder evicted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private volatile int port;

    /**
     * @param maxConnections that may be open at once
     * @param answerMillis how long requests on a connection that is being closed may take to be answered
     */
    public Connections(int maxConnections, long answerMillis, LongSupplier nanoClock) {
        this(maxConnections, CLOSING_GRACE_MILLIS, answerMillis, nanoClock);
    }

    /** @param closingGraceMillis how long a connection that was chosen for closing still takes requests */
    Connections(int maxConnections, long closingGraceMillis, long answerMillis, LongSupplier nanoClock) {
        this.maxConnections = maxConnections;
        this.closingGraceMillis = closingGraceMillis;
        this.answerMillis = answerMillis;
        this.nanoClock = nanoClock;
        this.startNanos = nanoClock.getAsLong();
    }

    /** Connections that the kernel has handed over and that are not closed, surplus ones included. */
    public int open() {
        return open.get();
    }

    public ConnectionCounts counts() {
        int busy = 0;
        for (IdleConnections loop : all) {
            busy += loop.busy();
        }
        return new ConnectionCounts(maxConnections, open.get(), busy, evicted.sum(), refused.sum());
    }

    /** How long requests on a connection that is being closed may take to be answered. */
    long answerMillis() {
        return answerMillis;
    }

    /** Whether a server's port is the data plane's, which is bound before any other of a node. */
    boolean isDataPort(int localPort) {
        int bound = port;
        return bound == 0 || bound == localPort;
    }

    /** The port that was bound, 0 before. */
    public int port() {
        return port;
    }

    void boundTo(int newPort) {
        port = newPort;
    }

    /** Counts a connection from its first moment. On its event loop. */
    void accepted(Channel channel) {
        int count = open.incrementAndGet();
        DataConnection connection = new DataConnection(this, channel, of(channel.eventLoop()));
        channel.attr(KEY).set(connection);
        channel.closeFuture().addListener(closed -> closed(connection));
        if (admitWithinLimit()) {
            connection.siblings.admit(connection, sinceStartNanos());
        } else if (count > maxConnections + Limits.MAX_SURPLUS_CONNECTIONS) {
            refused.increment();
            connection.close();
        } else {
            connection.after(FIRST_REQUEST_MILLIS, () -> closeUnlessAdmitted(connection));
        }
    }

    /** Says what a connection speaks, once that is known. On its event loop. */
    void speaks(HttpConnection http) {
        of(http).speaks(http);
    }

    DataConnection of(HttpConnection http) {
        Channel channel = ((HttpServerConnection) http).channelHandlerContext().channel();
        DataConnection known = channel.attr(KEY).get();
        if (known == null) {
            throw new IllegalStateException("connection of " + channel + ": unknown (expected: one that was accepted)");
        }
        return known;
    }

    /** Admits a surplus connection that asks something, at the cost of an idle one if need be. False if it is refused: all are busy. */
    boolean admitFirstRequest(DataConnection connection) {
        if (!connection.isSurplus()) {
            return false;
        }
        if (admitWithinLimit() || closeLongestIdle()) {
            connection.siblings.admitBusy(connection);
            return true;
        }
        refused.increment();
        connection.siblings.refuse(connection);
        HttpConnection http2 = connection.http2();
        if (http2 != null) {
            connection.takesNoMoreStreams(http2);
            connection.after(lingerMillis(), connection::close);
        }
        return false;
    }

    void endRequest(DataConnection connection) {
        connection.siblings.endRequest(connection, sinceStartNanos());
        if (connection.hasEnded()) {
            connection.after(lingerMillis(), connection::close);
        }
    }

    private IdleConnections of(EventLoop loop) {
        return byEventLoop.computeIfAbsent(loop, absent -> {
            IdleConnections created = new IdleConnections();
            all.add(created);
            return created;
        });
    }

    private boolean admitWithinLimit() {
        int count = admitted.get();
        while (count < maxConnections) {
            if (admitted.compareAndSet(count, count + 1)) {
                return true;
            }
            count = admitted.get();
        }
        return false;
    }

    /** Whether there was one; its place is the caller's then. */
    private boolean closeLongestIdle() {
        for (IdleConnections loop = longestIdle(); loop != null; loop = longestIdle()) {
            DataConnection chosen = loop.takeLongestIdle();
            if (chosen != null) {
                evicted.increment();
                chosen.channel.eventLoop().execute(() -> announceClose(chosen));
                return true;
            }
        }
        return false;
    }

    /** The event loop of the longest idle connection, as of now; null if none is idle. */
    private @Nullable IdleConnections longestIdle() {
        IdleConnections found = null;
        long sinceNanos = IdleConnections.NONE_IDLE;
        for (IdleConnections loop : all) {
            long since = loop.idleSinceNanos();
            if (since < sinceNanos) {
                sinceNanos = since;
                found = loop;
            }
        }
        return found;
    }

    private void announceClose(DataConnection connection) {
        if (!connection.channel.isActive()) {
            return;
        }
        HttpConnection http2 = connection.http2();
        if (http2 != null) {
            connection.announceClose(http2);
        }
        connection.after(isSurplusLarge() ? 0 : closingGraceMillis, () -> close(connection));
    }

    private void close(DataConnection connection) {
        HttpConnection http2 = connection.http2();
        if (http2 != null) {
            connection.takesNoMoreStreams(http2);
            connection.after(connection.isIdle() ? lingerMillis() : answerMillis, connection::close);
        } else if (connection.isIdle()) {
            connection.close();
        }
    }

    private void closeUnlessAdmitted(DataConnection connection) {
        if (connection.isSurplus()) {
            connection.close();
        }
    }

    private void closed(DataConnection connection) {
        open.decrementAndGet();
        if (connection.siblings.closed(connection) == DataConnection.State.ADMITTED) {
            admitted.decrementAndGet();
        }
    }

    private long lingerMillis() {
        return isSurplusLarge() ? 0 : LINGER_MILLIS;
    }

    /** With many about to be closed, those that stay a while longer would keep new ones out. */
    private boolean isSurplusLarge() {
        return open.get() - maxConnections > Limits.MAX_SURPLUS_CONNECTIONS / 2;
    }

    private long sinceStartNanos() {
        return nanoClock.getAsLong() - startNanos;
    }
}
