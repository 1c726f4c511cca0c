package io.zonecache.client.internal.transport;

import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to one node, at whichever of its addresses takes them. A name is looked up at first and again after anything has failed; while
 * no lookup succeeds, the addresses known last are tried. Lives on one event loop.
 */
final class NodeDialer {

    /** The machine's own limits, as the operating system words them. */
    private static final Pattern OWN_SHORTAGE = Pattern.compile(
            "(?i)too many open files|no buffer space|cannot assign requested address|cannot allocate memory");

    private final NodeAddress node;
    private final Context loop;
    private final HostLookup lookup;
    private final HttpClientAgent http1;
    private final HttpClientAgent http2;
    private final long handshakeMillis;
    private List<InetAddress> known;
    private boolean isLookupDue;

    /** @param handshakeMillis for connecting over HTTP/2, the node's settings included */
    NodeDialer(
            NodeAddress node,
            Context loop,
            HostLookup lookup,
            HttpClientAgent http1,
            HttpClientAgent http2,
            long handshakeMillis) {
        this.node = node;
        this.loop = loop;
        this.lookup = lookup;
        this.http1 = http1;
        this.http2 = http2;
        this.handshakeMillis = handshakeMillis;
        InetAddress literal = node.literal();
        this.known = literal == null ? List.of() : List.of(literal);
        this.isLookupDue = literal == null;
    }

    /** Fails with a {@link DialException}; completes on the loop. */
    Future<PooledConnection> dial(HttpVersion version) {
        Promise<PooledConnection> promise = Promise.promise();
        if (!isLookupDue) {
            dial(known, 0, version, null, promise);
            return promise.future();
        }
        lookup.addresses(node.host())
                .onComplete(answer -> loop.runOnContext(turn -> {
                    if (answer.succeeded() && !answer.result().isEmpty()) {
                        known = List.copyOf(answer.result());
                        isLookupDue = false;
                    } else if (known.isEmpty()) {
                        promise.fail(new DialException(
                                Failure.REFUSED, false, "host " + node.host() + ": " + describe(answer.cause())));
                        return;
                    }
                    dial(known, 0, version, null, promise);
                }));
        return promise.future();
    }

    /** A connection has ended or led nowhere: the name may mean another address by now. */
    void distrustAddresses() {
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
            opened = connect(addresses.get(index), version).map(PooledConnection::new);
        } catch (RuntimeException e) {
            opened = Future.failedFuture(e);
        }
        opened.onComplete(promise::complete, cause -> {
            DialException why = failure(cause, version);
            // Silence of one address weighs more than that another one refuses.
            DialException whole = before != null && before.failure() == Failure.TIMEOUT ? before : why;
            if (why.isOtherProtocol() || index + 1 == addresses.size()) {
                distrustAddresses();
                promise.fail(why.isOtherProtocol() ? why : whole);
            } else {
                dial(addresses, index + 1, version, whole, promise);
            }
        });
    }

    private Future<io.vertx.core.http.HttpClientConnection> connect(InetAddress address, HttpVersion version) {
        HttpConnectOptions options = new HttpConnectOptions()
                .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, node.port())))
                .setHost(node.authorityHost())
                .setPort(node.port());
        if (version != HttpVersion.HTTP_2) {
            return http1.connect(options);
        }
        Promise<io.vertx.core.http.HttpClientConnection> ready = Promise.promise();
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
        String reason = describe(cause);
        if (cause instanceof ConnectTimeoutException || cause instanceof TimeoutException) {
            return new DialException(Failure.TIMEOUT, false, reason);
        } else if (isOwn(cause)) {
            return new DialException(Failure.NOT_SENT, false, reason);
        }
        boolean isNowhere = cause instanceof ConnectException
                || cause instanceof NoRouteToHostException
                || cause instanceof UnknownHostException;
        return new DialException(Failure.REFUSED, version == HttpVersion.HTTP_2 && !isNowhere, reason);
    }

    /** Whether this machine or process lacks something. */
    private static boolean isOwn(Throwable cause) {
        if (cause instanceof VirtualMachineError || cause instanceof IllegalStateException) {
            return true;
        }
        for (Throwable next = cause; next != null; next = next.getCause()) {
            String message = next.getMessage();
            if (message != null && OWN_SHORTAGE.matcher(message).find()) {
                return true;
            }
        }
        return false;
    }

    private static String describe(@Nullable Throwable cause) {
        return cause == null ? "no address" : cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }
}
