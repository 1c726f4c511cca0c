package io.zonecache.client.internal.fill;

/**
 * The moment at which an event of a fill is reported, and what holds then.
 *
 * @param deadlineNanos of the read, as of now
 * @param hasSlot whether the read holds a slot still
 * @param fetchNanos what a fetch takes, most likely
 * @param isOriginPaused whether nobody may ask the origin, since it has asked to slow down
 */
record FillSnapshot(long nanos, long deadlineNanos, boolean hasSlot, long fetchNanos, boolean isOriginPaused) {}
