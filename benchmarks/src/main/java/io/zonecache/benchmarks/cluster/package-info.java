/**
 * What a whole zone gives its client, next to other caches on the same machine.
 *
 * <ol>
 *   <li>{@link io.zonecache.benchmarks.cluster.ClusterBench} starts six nodes with a proxy before each, an S3 server and the peers, and
 *       stores the same chunks everywhere;
 *   <li>{@link io.zonecache.benchmarks.cluster.BenchZone} has the nodes, and views of them under other codes and through the proxies;
 *   <li>{@link io.zonecache.benchmarks.cluster.ReadRow}s take turns: bytes are checked, then {@link
 *       io.zonecache.benchmarks.cluster.ReadLoad} reads and takes the time;
 *   <li>{@link io.zonecache.benchmarks.cluster.Outages} kills and restarts nodes at last;
 *   <li>{@link io.zonecache.benchmarks.cluster.Comparisons} sets rows against each other.
 * </ol>
 */
@NullMarked
package io.zonecache.benchmarks.cluster;

import org.jspecify.annotations.NullMarked;
