package io.zonecache.client.internal.read;

import java.util.concurrent.Executor;

/**
 * Where chunks are decoded that would keep an event loop for too long.
 *
 * @param hashing for chunks that are hashed while other rounds are in flight; may reject, and they are hashed where they were received
 * @param searches for corrupt stripes, which takes as long as decoding and hashing a chunk many times; may reject, which fails the read
 */
public record DecodingThreads(Executor hashing, Executor searches) {}
