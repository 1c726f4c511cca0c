/**
 * {@code zonecache demo}: the main job for real, in processes of its own.
 *
 * <ol>
 *   <li>{@link io.zonecache.cli.demo.DemoInput} cuts the files into chunks, which go to a real S3 server ({@link
 *       io.zonecache.cli.demo.DemoOrigin});
 *   <li>{@link io.zonecache.cli.demo.DemoZone} starts the nodes and waits for their first view, {@link
 *       io.zonecache.cli.demo.Fleet} the workers;
 *   <li>{@link io.zonecache.cli.demo.PhaseRunner} runs one {@link io.zonecache.cli.demo.Phase} after the other: waits until all is
 *       calm, counts anew, lets the workers read, does to the zone what the phase is about, and gathers;
 *   <li>{@link io.zonecache.cli.demo.DemoReport} holds the outcome; {@link io.zonecache.cli.demo.Findings} judges it and says in
 *       words what it showed.
 * </ol>
 *
 * Everything that is started belongs to one {@link io.zonecache.testkit.process.Workspace}. {@link
 * io.zonecache.cli.demo.Children} ends the demo when a process ends that should not.
 */
@NullMarked
package io.zonecache.cli.demo;

import org.jspecify.annotations.NullMarked;
