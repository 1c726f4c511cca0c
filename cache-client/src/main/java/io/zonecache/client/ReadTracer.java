package io.zonecache.client;

import io.zonecache.model.ChunkKey;
import org.jspecify.annotations.Nullable;

/**
 * Makes reads part of traces. It is called on the caller's thread, where the caller's context is, before the read takes any resource; it must be
 * safe for concurrent use and must not block. Whatever it or its spans throw is logged once and counted, and the read goes on untraced.
 */
@FunctionalInterface
public interface ReadTracer {

    /**
     * A read begins.
     *
     * @param key the requested chunk
     * @return the read's span, which the cache ends; null if the read is not to be traced
     */
    @Nullable
    Span begin(ChunkKey key);

    /** One read in a trace. It begins on the caller's thread and may end on another one. */
    interface Span {

        /**
         * The value of the header {@code traceparent} that is sent to nodes, as defined by W3C Trace Context, such as
         * {@code 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01}. Called at most once, on the caller's thread. A value of any other form
         * is not sent; the first one is logged.
         *
         * @return null for no header
         */
        default @Nullable String traceparent() {
            return null;
        }

        /**
         * The read is over; called once, just before its future completes.
         *
         * @param outcome how it ended
         */
        void end(ReadOutcome outcome);
    }
}
