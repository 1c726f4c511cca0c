/**
 * A chunk out of the zone.
 *
 * <p>{@code OverRequestReader} starts reads; a {@code OneChunkRead} reacts to replies, its {@code Round} keeps what a round knows,
 * {@code Asking} asks nodes, {@code StripeRead} decides what the replies allow, and a {@code ChunkAssembler} makes stripes a chunk.
 */
@NullMarked
package io.zonecache.client.internal.read;

import org.jspecify.annotations.NullMarked;
