package io.zonecache.client.internal.transport;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http2.Http2Exception;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.zonecache.client.internal.transport.DialException.Handshake;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections to one node, at whichever of its addresses accepts them. A name is looked up at first and again after anything has failed;
 * while no lookup succeeds, the addresses known last are tried. Lives on one event loop.
 */
final class NodeDialer {

    private static final Logger LOG = LoggerFactory.getLogger(NodeDialer.class);

    /** Answers to a connect that only the node's host can have given. */
    private static final Pattern REFUSAL = Pattern.compile("(?i)refused|reset");

    private final NodeAddress node;
    private final Context loop;
    private final HostLookup lookup;
    private final HttpClientAgent http1;
    private final HttpClientAgent http2;
    private final long connectMillis;
    private final Supplier<ContactListener.Attempt> contacts;
    private List<InetAddress> known;
    private boolean isLookupDue;

    /**
     * @param connectMillis for one connection to one address; twice as much over HTTP/2, the node's settings included
     * @param contacts called when connecting begins
     */
    NodeDialer(
            NodeAddress node,
            Context loop,
            HostLookup lookup,
            HttpClientAgent http1,
            HttpClientAgent http2,
            long connectMillis,
            Supplier<ContactListener.Attempt> contacts) {
        this.node = node;
        this.loop = loop;
        this.lookup = lookup;
        this.http1 = http1;
        this.http2 = http2;
        this.connectMillis = connectMillis;
        this.contacts = contacts;
        InetAddress literal = node.literal();
        this.known = literal == null ? List.of() : List.of(literal);
        this.isLookupDue = literal == null;
    }

    /** Fails with a {@link DialException}, whatever any part of this client throws; completes on the loop. */
    Future<PooledConnection> dial(HttpVersion version) {
        long startNanos = System.nanoTime();
        ContactListener.Attempt attempt = contacts.get();
        Promise<PooledConnection> dialed = Promise.promise();
        Promise<PooledConnection> promise = Promise.promise();
        dialed.future()
                .onComplete(
                        connection -> {
                            end(attempt, false);
                            promise.complete(connection);
                        },
                        cause -> guard(promise, () -> {
                            DialException why = failure(cause, version);
                            if (why.failure() == Failure.UNREACHABLE) {
                                failLater(why, startNanos, attempt, promise);
                            } else {
                                end(attempt, why.failure() == Failure.TIMEOUT);
                                promise.fail(why);
                            }
                        }));
        guard(dialed, () -> lookUp(version, dialed));
        return promise.future();
    }

    /**
     * A name that is not found or a missing route is noticed at once, but is reported only after the time of an unanswered connect: so it counts as
     * the same silence, and does not make all requests look the name up in a loop.
     */
    private void failLater(
            DialException why, long startNanos, ContactListener.Attempt attempt, Promise<PooledConnection> promise) {
        long leftMillis = connectMillis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        loop.owner().setTimer(Math.max(1, leftMillis), timer -> {
            end(attempt, true);
            promise.fail(why);
        });
    }

    private void end(ContactListener.Attempt attempt, boolean isUnanswered) {
        try {
            attempt.ended(isUnanswered);
        } catch (RuntimeException | Error e) {
            LOG.warn("a listener failed on a connect to {}", node, e);
        }
    }

    private void lookUp(HttpVersion version, Promise<PooledConnection> promise) {
        if (!isLookupDue) {
            dial(known, 0, version, null, promise);
            return;
        }
        lookup.addresses(node.host())
                .onComplete(answer -> guard(
                        promise,
                        () -> loop.runOnContext(turn -> guard(promise, () -> lookedUp(answer, version, promise)))));
    }

    private void lookedUp(
            AsyncResult<List<InetAddress>> answer, HttpVersion version, Promise<PooledConnection> promise) {
        if (answer.succeeded() && !answer.result().isEmpty()) {
            known = List.copyOf(answer.result());
            isLookupDue = false;
        } else if (known.isEmpty()) {
            promise.fail(
                    new DialException(Failure.UNREACHABLE, "host " + node.host() + ": " + describe(answer.cause())));
            return;
        }
        dial(known, 0, version, null, promise);
    }

    /** What the step throws is a shortage or fault of this client. */
    private static void guard(Promise<PooledConnection> promise, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            promise.tryFail(own(e));
        }
    }

    private static DialException own(Throwable thrown) {
        return new DialException(Failure.NOT_SENT, "connecting: " + describe(thrown));
    }

    /** A connection has ended or led nowhere: the name may mean another address by now. */
    void invalidateAddresses() {
        isLookupDue = node.literal() == null;
    }

    private void dial(
            List<InetAddress> addresses,
            int index,
            HttpVersion version,
            @Nullable DialException before,
            Promise<PooledConnection> promise) {
        Future<PooledConnection> opened;
        try {
            opened = connect(addresses.get(index), version).compose(NodeDialer::pooled);
        } catch (RuntimeException | Error e) {
            opened = Future.failedFuture(own(e));
        }
        opened.onComplete(
                promise::complete,
                cause -> guard(promise, () -> {
                    DialException why = failure(cause, version);
                    DialException whole = before == null || weight(why) > weight(before) ? why : before;
                    boolean isMismatch = why.handshake() == Handshake.NOT_HTTP_2;
                    if (isMismatch || index + 1 == addresses.size()) {
                        invalidateAddresses();
                        promise.fail(isMismatch ? why : whole);
                    } else {
                        dial(addresses, index + 1, version, whole, promise);
                    }
                }));
    }

    /** Silence of one address outweighs a refusal by another one, and both outweigh one that can't be reached from here. */
    private static int weight(DialException why) {
        return switch (why.failure()) {
            case TIMEOUT -> 3;
            case UNREACHABLE -> 0;
            // Something listens there.
            default -> why.handshake() == Handshake.CLOSED ? 2 : 1;
        };
    }

    private static Future<PooledConnection> pooled(HttpClientConnection opened) {
        try {
            return Future.succeededFuture(new PooledConnection(opened));
        } catch (RuntimeException | Error e) {
            Future<Void> unused = opened.close();
            return Future.failedFuture(own(e));
        }
    }

    private Future<HttpClientConnection> connect(InetAddress address, HttpVersion version) {
        HttpConnectOptions options = new HttpConnectOptions()
                .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, node.port())))
                .setHost(node.authorityHost())
                .setPort(node.port());
        if (version != HttpVersion.HTTP_2) {
            return http1.connect(options);
        }
        Promise<HttpClientConnection> ready = Promise.promise();
        long handshakeMillis = 2 * connectMillis;
        long timer = loop.owner()
                .setTimer(
                        handshakeMillis,
                        id -> ready.tryFail(new TimeoutException("no HTTP/2 settings in " + handshakeMillis + " ms")));
        http2.connect(options).onComplete(connected -> {
            loop.owner().cancelTimer(timer);
            if (connected.succeeded() && !ready.tryComplete(connected.result())) {
                Future<Void> unused = connected.result().close();
            } else if (connected.failed()) {
                ready.tryFail(connected.cause());
            }
        });
        return ready.future();
    }

    private static DialException failure(Throwable cause, HttpVersion version) {
        if (cause instanceof DialException known) {
            return known;
        }
        String reason = describe(cause);
        if (cause instanceof ConnectTimeoutException || cause instanceof TimeoutException) {
            return new DialException(Failure.TIMEOUT, reason);
        } else if (LocalFailures.isLocal(cause)) {
            return new DialException(Failure.NOT_SENT, reason);
        } else if (cause instanceof SocketException) {
            boolean isRefused = cause instanceof ConnectException
                    && REFUSAL.matcher(String.valueOf(cause.getMessage())).find();
            return new DialException(isRefused ? Failure.REFUSED : Failure.UNREACHABLE, reason);
        }
        return new DialException(Failure.REFUSED, handshake(cause, version), reason);
    }

    private static Handshake handshake(Throwable cause, HttpVersion version) {
        if (version != HttpVersion.HTTP_2) {
            return Handshake.NOT_BEGUN;
        }
        return cause instanceof Http2Exception ? Handshake.NOT_HTTP_2 : Handshake.CLOSED;
    }

    private static String describe(@Nullable Throwable cause) {
        return cause == null ? "no address" : cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }
}
