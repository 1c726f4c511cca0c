/**
 * Workers in processes of their own.
 *
 * <ol>
 *   <li>{@link io.zonecache.chaos.reader.ReaderSetup} says what a reader reads, from where and how fast;
 *   <li>{@link io.zonecache.chaos.reader.ReaderMain} is the process: a client and a {@link io.zonecache.chaos.oracle.ReadingOracle}, told
 *       what to do on standard input, a line each, and telling what came of its reads on standard output;
 *   <li>{@link io.zonecache.chaos.reader.Readers} is all of them, seen from the scenario.
 * </ol>
 */
@NullMarked
package io.zonecache.chaos.reader;

import org.jspecify.annotations.NullMarked;
