/**
 * A refill: all nodes of a zone forget every stripe while workers read, and the zone gets its chunks back from the origin, each once, within
 * its budget.
 *
 * <ol>
 *   <li>{@link io.zonecache.benchmarks.refill.RefillZone} starts six nodes, and as many clients as asked for in this process;
 *   <li>{@link io.zonecache.benchmarks.refill.CountingOrigin} has the chunks, takes a fixed time for each, and counts;
 *   <li>{@link io.zonecache.benchmarks.refill.RefillBench} empties the nodes and reads, first all chunks by all clients at once, then
 *       at a steady rate, and says when the last chunk was wanted and when it was back.
 * </ol>
 */
@NullMarked
package io.zonecache.benchmarks.refill;

import org.jspecify.annotations.NullMarked;
