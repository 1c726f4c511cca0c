package io.zonecache.client.internal.transport;

import io.zonecache.model.StripeHeader;
import org.jspecify.annotations.Nullable;

/** Decides where a reply's payloads go. Called on the transport's thread of that request, header by header. */
@FunctionalInterface
public interface StripeSink {

    /** The request has been written to a connection; called before anything of the answer comes. */
    default void written() {}

    /** The request waits for a connection of this client again, and may be {@link #written} once more. */
    default void requeued() {}

    /** A long answer makes progress: its head or a piece of its body has come, so the node is not silent. */
    default void progressed() {}

    /**
     * A header whose fields are in range has come, for the requested key.
     *
     * @return where to write its payload, of exactly {@code header.payloadBytes()}, or null to pass over it. Bytes written there
     *     count only once the reply lists the stripe as verified.
     */
    @Nullable
    PayloadTarget accept(StripeHeader header);
}
