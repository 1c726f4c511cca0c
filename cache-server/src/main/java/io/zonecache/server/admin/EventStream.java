package io.zonecache.server.admin;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /v1/events} with server-sent events: those kept, then each as it happens. A client that comes again with
 * {@code Last-Event-ID} gets what it lacks; one that reads too slowly gets an event {@code missed} in place of what it was too slow for.
 * A batch in its socket's queue is all that is ever held for a client.
 */
final class EventStream {

    static final int MAX_CLIENTS = 32;

    /** Less than an idle connection lives, here and in proxies. */
    private static final long HEARTBEAT_MILLIS = TimeUnit.SECONDS.toMillis(15);

    private static final int BATCH = 32;

    private final NodeEvents events;
    private final Vertx vertx;
    private final AtomicInteger clients = new AtomicInteger();

    /** Numbers begin anew with each process. */
    private final String run = Long.toString(System.currentTimeMillis(), 36);

    EventStream(NodeEvents events, Vertx vertx) {
        this.events = events;
        this.vertx = vertx;
    }

    /** On the admin port's event loop. @throws CacheException {@code BUSY} beyond {@value #MAX_CLIENTS} clients */
    void open(HttpServerRequest request) {
        if (clients.incrementAndGet() > MAX_CLIENTS) {
            clients.decrementAndGet();
            throw new CacheException(
                    CacheErrorCode.BUSY,
                    "event streams: " + MAX_CLIENTS + " (expected: fewer, each client closes its own)");
        }
        new Client(request.response(), lastSeen(request.getHeader("Last-Event-ID"))).open();
    }

    /** 0 for an id of another process, or of none. */
    private long lastSeen(@Nullable String id) {
        if (id == null || !id.startsWith(run + '-')) {
            return 0;
        }
        try {
            return Math.max(0, Long.parseLong(id.substring(run.length() + 1)));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private String format(NodeEvents.Event event) {
        JsonObject data = new JsonObject()
                .put("time", event.time().toString())
                .put("kind", event.kind().label())
                .put("text", event.text());
        return "id: " + run + '-' + event.number() + "\nevent: " + event.kind().label() + "\ndata: " + data.encode()
                + "\n\n";
    }

    /** Belongs to its connection's event loop, except for {@link #wake}. */
    private final class Client {

        private final HttpServerResponse response;
        private final Context context = vertx.getOrCreateContext();
        private final AtomicBoolean woken = new AtomicBoolean();
        private final Runnable listener = this::wake;
        private long last;
        private long heartbeat;
        private boolean closed;

        Client(HttpServerResponse response, long last) {
            this.response = response;
            this.last = last;
        }

        void open() {
            response.setChunked(true)
                    .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                    .closeHandler(ignored -> close())
                    .exceptionHandler(ignored -> close())
                    .drainHandler(ignored -> send());
            heartbeat = vertx.setPeriodic(HEARTBEAT_MILLIS, ignored -> beat());
            events.listen(listener);
            write("retry: 2000\n\n");
            send();
        }

        /** From any thread; many wakes before a run make one. */
        private void wake() {
            if (woken.compareAndSet(false, true)) {
                context.runOnContext(ignored -> {
                    woken.set(false);
                    send();
                });
            }
        }

        private void send() {
            while (!closed && !response.writeQueueFull()) {
                NodeEvents.Batch batch = events.after(last, BATCH);
                if (batch.events().isEmpty()) {
                    return;
                }
                if (batch.missed() > 0 && last > 0) {
                    write("event: missed\ndata: {\"count\":" + batch.missed() + "}\n\n");
                }
                batch.events().forEach(event -> write(format(event)));
                last = batch.events().get(batch.events().size() - 1).number();
            }
        }

        /** Nothing for a client that takes nothing: its connection then counts as idle and is closed. */
        private void beat() {
            if (!response.writeQueueFull()) {
                write(":\n\n");
            }
        }

        private void write(String text) {
            if (!closed) {
                response.write(text).onFailure(ignored -> close());
            }
        }

        private void close() {
            if (!closed) {
                closed = true;
                vertx.cancelTimer(heartbeat);
                events.forget(listener);
                clients.decrementAndGet();
            }
        }
    }
}
