/**
 * A herd: thousands of readers in many processes that all want one chunk which no node has, and what reaches the origin then.
 *
 * <ol>
 *   <li>{@link io.zonecache.benchmarks.herd.HerdZone} starts six nodes, an S3 server that counts, and the clients' processes;
 *   <li>each {@link io.zonecache.benchmarks.herd.HerdClientMain} starts its readers when it is told to, all at once;
 *   <li>{@link io.zonecache.benchmarks.herd.HerdBench} does so three times: undisturbed, with the holder of the lease killed, and
 *       with the chunk's coordinator killed.
 * </ol>
 */
@NullMarked
package io.zonecache.benchmarks.herd;

import org.jspecify.annotations.NullMarked;
