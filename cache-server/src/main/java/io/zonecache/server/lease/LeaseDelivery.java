package io.zonecache.server.lease;

import java.util.function.Consumer;

/** An answer that its request has not been told yet. */
public record LeaseDelivery(Consumer<LeaseAnswer> callback, LeaseAnswer answer) {

    public void deliver() {
        callback.accept(answer);
    }
}
