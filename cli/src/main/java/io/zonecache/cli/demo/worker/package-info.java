/**
 * One of the demo's worker processes: a program that embeds the client, and checks every byte that it gets.
 *
 * <ol>
 *   <li>{@link io.zonecache.cli.demo.worker.WorkerMain} opens the cache and takes commands, a line of JSON each ({@link
 *       io.zonecache.cli.demo.worker.WorkerCommand}), on standard input;
 *   <li>a {@link io.zonecache.cli.demo.worker.ReadLoop} keeps a fixed number of reads in flight over a {@link
 *       io.zonecache.cli.demo.worker.KeyOrder};
 *   <li>each chunk's SHA-256 is compared with its key, apart from the client's own check, and counted in a {@link
 *       io.zonecache.cli.demo.worker.ReadTally};
 *   <li>progress and at the end the {@link io.zonecache.cli.demo.worker.Tally} go back as {@link
 *       io.zonecache.cli.demo.worker.WorkerReport} lines on standard output.
 * </ol>
 */
@NullMarked
package io.zonecache.cli.demo.worker;

import org.jspecify.annotations.NullMarked;
