/**
 * Reads a chunk from the zone.
 *
 * <p>A {@code ChunkReadOperation} is one read, from its place in the {@code ReadGate} to hit or miss: it does what {@code ReadState}
 * decides. Its {@code ReadRound} holds what one round owns; the {@code StripeCollector} takes stripes in, and a {@code ChunkAssembler} makes them a chunk,
 * under a {@code RoundDecoder} that keeps everything else from them meanwhile.
 * {@code OverRequestReader} has what all reads share.
 */
@NullMarked
package io.zonecache.client.internal.read;

import org.jspecify.annotations.NullMarked;
