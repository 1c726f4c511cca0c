package io.zonecache.client;

import io.zonecache.model.ChunkKey;
import org.jspecify.annotations.Nullable;

/** Where reads become part of a trace. Called on the caller's thread, where its context is; without a tracer nothing is done. */
@FunctionalInterface
public interface ReadTracer {

    /** A read begins; null if it is not to be traced. */
    @Nullable
    Span begin(ChunkKey key);

    /** One read in a trace; safe to end on another thread. */
    interface Span {

        /** What nodes are sent as the header {@code traceparent} (W3C Trace Context); null for none. Asked once. */
        default @Nullable String traceparent() {
            return null;
        }

        void end(ReadOutcome outcome);
    }
}
