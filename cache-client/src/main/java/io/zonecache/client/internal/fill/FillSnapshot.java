package io.zonecache.client.internal.fill;

/**
 * The time at which an event of a fill is reported, and what holds at that time.
 *
 * @param deadlineNanos the read's current deadline
 * @param hasSlot whether the read still holds a slot
 * @param fetchNanos how long a fetch is expected to take
 * @param isOriginPaused whether this client must not ask the origin, because it has asked to slow down
 */
record FillSnapshot(long nanos, long deadlineNanos, boolean hasSlot, long fetchNanos, boolean isOriginPaused) {}
