/**
 * Processes and files that a test or the demo starts and surely ends.
 *
 * <ol>
 *   <li>A {@link io.zonecache.testkit.process.Workspace} is one temporary directory and the processes that work in it;
 *   <li>a {@link io.zonecache.testkit.process.JavaCommand} says what to run: a main class on this JVM's class path, tied by {@link
 *       io.zonecache.testkit.process.Tether} to the process that started it;
 *   <li>a {@link io.zonecache.testkit.process.ManagedProcess} runs: its lines are waited for, signals freeze, wake and kill it;
 *   <li>closing the workspace, or the end of this JVM by whatever signal but SIGKILL, kills what still runs and deletes the
 *       directory; after a SIGKILL the processes end by their tether.
 * </ol>
 */
@NullMarked
package io.zonecache.testkit.process;

import org.jspecify.annotations.NullMarked;
