/**
 * The disk tier: stripes in RocksDB, appended to segments that are dropped whole (docs/decisions/0003).
 *
 * <p>The way of a stripe:
 *
 * <ol>
 *   <li>{@code RocksDbStripeStore.put} asks the {@code Appender} for room: what LRU-k ranks lowest is evicted from the index, which
 *       costs no I/O;
 *   <li>the records are appended to the current {@code Segment} of their lane, a column family of its own with no log and no compaction,
 *       and the index in memory is told where they are;
 *   <li>the {@code Flusher} makes segments durable, then the index with its access history, every 64 MiB or 5 s;
 *   <li>{@code lookup} answers from the index and the hot tier; {@code read} goes to RocksDB through the {@code StripeReader}, which
 *       verifies the records' own checksums;
 *   <li>{@code EffectiveCapacity} is what of the capacity the disk has room for; when the directory nears it, the {@code Cleaner} copies what is still wanted out of the emptiest segment and drops
 *       its files at once; the family goes back to {@code SegmentFamilies};
 *   <li>{@code StoreOpener} brings all back after a restart from the stored index, without touching payloads; a damaged directory is
 *       repaired from its tables by {@code StoreRepair}, and its index rebuilt by {@code IndexRebuild} (docs/decisions/0027).
 * </ol>
 *
 * <p>Only this package imports org.rocksdb. {@code NativeHandles} owns and counts its objects.
 */
@NullMarked
package io.zonecache.storage.rocksdb;

import org.jspecify.annotations.NullMarked;
