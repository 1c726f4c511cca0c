package io.zonecache.client.internal.fill;

import java.nio.ByteBuffer;

/**
 * A chunk from the origin, verified.
 *
 * @param chunk read-only
 * @param memory its own and its stripes', to be released by whom it is handed to
 */
record Fetched(ByteBuffer chunk, ResourceQueue.Held memory) {}
