/**
 * What a client gives while parts of its zone fail, against the same zone without the failure.
 *
 * <ol>
 *   <li>{@link io.zonecache.benchmarks.faults.FaultsZone} starts twelve nodes, each behind a proxy, and an origin in memory;
 *   <li>{@link io.zonecache.benchmarks.faults.SilentNodes} reads at a steady rate, with all nodes well and with two of them silent;
 *   <li>{@link io.zonecache.benchmarks.faults.NarrowLinkReads} reads large chunks through one narrow link, by few readers and by many;
 *   <li>{@link io.zonecache.benchmarks.faults.FaultsBench} lets both take turns.
 * </ol>
 */
@NullMarked
package io.zonecache.benchmarks.faults;

import org.jspecify.annotations.NullMarked;
