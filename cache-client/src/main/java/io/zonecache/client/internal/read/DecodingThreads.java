package io.zonecache.client.internal.read;

import java.util.concurrent.Executor;

/**
 * Executors for decoding that would occupy an event loop for too long.
 *
 * @param hashing for chunks that are hashed while other rounds are in flight; if it rejects one, the chunk is hashed on the thread that received it
 * @param searches for searches for corrupt stripes, each of which takes as long as decoding and hashing a chunk many times; if it rejects one, the
 *     read fails
 */
public record DecodingThreads(Executor hashing, Executor searches) {}
