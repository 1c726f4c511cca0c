package io.zonecache.client.internal.fill;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.RememberedObjects.Name;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.StoredObject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Asks the origin for the state of objects: once for all callers that want the same at the same time, and not again as long as the answer is
 * remembered. Thread-safe.
 */
final class ObjectStats {

    private final FillContext context;
    private final ConcurrentMap<Name, StatOperation> inFlight = new ConcurrentHashMap<>();
    private volatile boolean isClosed;

    ObjectStats(FillContext context) {
        this.context = context;
    }

    /**
     * Fails as the origin does, with {@code ORIGIN_LIMIT} if there is no slot for the request in time, {@code DEADLINE_EXCEEDED} or {@code CLOSED}.
     * Cancelling the future ends the caller's part; the request ends with the last caller.
     */
    CompletableFuture<StoredObject> stat(Origin origin, Name name, long deadlineNanos) {
        StoredObject remembered = context.objects.get(name);
        if (remembered != null) {
            return CompletableFuture.completedFuture(remembered);
        }
        StatOperation.Caller caller = new StatOperation.Caller(deadlineNanos);
        StatOperation operation = inFlight.compute(
                name,
                (same, running) -> running != null && running.join(caller) ? running : begin(origin, same, caller));
        operation.start(caller);
        if (isClosed) {
            operation.fail(Futures.closed(null));
        }
        return caller.future;
    }

    private StatOperation begin(Origin origin, Name name, StatOperation.Caller caller) {
        StatOperation operation = new StatOperation(context, origin, name, over -> inFlight.remove(name, over));
        operation.join(caller);
        return operation;
    }

    void close() {
        isClosed = true;
        inFlight.values().forEach(operation -> operation.fail(Futures.closed(null)));
    }
}
