/**
 * Two versions of the client beside each other: each in a process of its own, both reading the chunks of one zone, in turns.
 *
 * <ol>
 *   <li>{@link io.zonecache.benchmarks.clients.ClientsBench} starts six nodes of this version, stores chunks, and starts the clients;
 *   <li>each {@link io.zonecache.benchmarks.clients.MeasuredClientMain} runs on the class path of its version, with this version's bench
 *       before it, and reads when it is told to;
 *   <li>what is told are the figures of each version and, turn by turn, their ratio.
 * </ol>
 */
@NullMarked
package io.zonecache.benchmarks.clients;

import org.jspecify.annotations.NullMarked;
