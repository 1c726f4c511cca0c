/**
 * Reads a chunk from the zone.
 *
 * <p>A {@code ChunkReadOperation} is one read, from its place in the {@code ReadGate} to hit or miss: it performs the {@code ReadStep}s that
 * {@code ReadState} and {@code RoundRetries} decide, and its {@code ReadScope} owns what it takes. A {@code ReadRound} holds one round's requests;
 * the {@code StripeCollector} takes stripes in, and a {@code ChunkAssembler} makes a chunk of them, under a {@code RoundDecoder} that keeps
 * everything else away from them meanwhile. {@code ReadContext} has what all reads share; {@code OverRequestReader} starts them.
 *
 * <p>Calls go down this list only. Answers come back through the callbacks that an operation hands to {@code TrackedGet}, to timers, to the
 * gate and to {@code SilenceChecks}.
 */
@NullMarked
package io.zonecache.client.internal.read;

import org.jspecify.annotations.NullMarked;
