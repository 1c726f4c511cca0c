package io.zonecache.server.http;

import io.netty.channel.Channel;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the data plane, from when the kernel hands it over until it is closed, whether it ever says anything or not.
 * Everything but {@link #state} and the list's fields belongs to the connection's event loop.
 */
final class DataConnection {

    enum State {
        /** Beyond the limit; its first request decides whether another connection can be closed for it. */
        SURPLUS,
        /** Beyond the limit when it asked something, and about to be closed. */
        REFUSED,
        /** Within the limit. */
        ADMITTED,
        /** Was idle and makes place for another: what it has asked already is answered, and it is closed. */
        CLOSING,
        CLOSED
    }

    final Channel channel;
    final IdleConnections siblings;

    // Guarded by the siblings' lock.
    State state = State.SURPLUS;
    int requests;
    long idleSinceNanos;

    @Nullable
    DataConnection older;

    @Nullable
    DataConnection newer;

    private final Connections connections;
    private @Nullable HttpConnection http;
    private boolean lastStreamNamed;

    DataConnection(Connections connections, Channel channel, IdleConnections siblings) {
        this.connections = connections;
        this.channel = channel;
        this.siblings = siblings;
    }

    /** What it speaks, known from its first bytes on. */
    void speaks(HttpConnection newHttp) {
        http = newHttp;
    }

    /** The HTTP/2 connection; null if it is none, or has said nothing yet. */
    @Nullable
    HttpConnection http2() {
        HttpConnection known = http;
        return known != null && known.protocolVersion() == HttpVersion.HTTP_2 ? known : null;
    }

    /** Closes it, once what has been written is with the kernel. */
    @SuppressWarnings("FutureReturnValueIgnored") // the channel's own listener counts the close
    void close() {
        channel.close();
    }

    /** Runs an action later, on its event loop. */
    @SuppressWarnings("FutureReturnValueIgnored") // an event loop that ends closes its connections itself
    void after(long millis, Runnable action) {
        channel.eventLoop().schedule(action, millis, TimeUnit.MILLISECONDS);
    }

    /** Tells the client to open no more streams; those that are on their way are taken. */
    @SuppressWarnings("deprecation") // shutdown sends one GOAWAY, which loses streams that are on their way
    void announceClose(HttpConnection http2) {
        http2.goAway(0, Integer.MAX_VALUE);
    }

    /** Names the last stream that is answered; those that a client opens after it are ignored, and it knows that they were. */
    @SuppressWarnings("deprecation") // shutdown sends no second GOAWAY
    void takesNoMoreStreams(HttpConnection http2) {
        http2.goAway(0);
        lastStreamNamed = true;
    }

    /** Whether an HTTP/2 connection has answered its last stream. */
    boolean hasEnded() {
        return lastStreamNamed && isIdle();
    }

    /** Begins a request; false if it must be refused since all connections are busy. Each true needs an {@link #endRequest}. */
    boolean beginRequest() {
        return siblings.beginRequest(this) || connections.admitFirstRequest(this);
    }

    /** Ends a request that has been answered to the last byte, or whose stream is gone. */
    void endRequest() {
        connections.endRequest(this);
    }

    /**
     * Closes an HTTP/1.1 connection once its request has been answered, if it was chosen for closing before the request came. To be asked
     * while that request is under way. An HTTP/2 connection ends by itself after its last stream.
     *
     * @return whether it will be closed, which the answer is to say
     */
    boolean closesAfterAnswer() {
        HttpConnection known = http;
        if (known == null || http2() != null || !is(State.CLOSING)) {
            return false;
        }
        known.shutdown(Duration.ofMillis(connections.answerMillis()));
        return true;
    }

    boolean isSurplus() {
        return is(State.SURPLUS);
    }

    /** Whether no request is under way. */
    boolean isIdle() {
        synchronized (siblings) {
            return requests == 0;
        }
    }

    private boolean is(State asked) {
        synchronized (siblings) {
            return state == asked;
        }
    }
}
