/**
 * {@code put}, {@code get}, {@code status} and {@code simulate}.
 *
 * <ol>
 *   <li>{@link io.zonecache.cli.command.ZoneOptions}, which {@code put} and {@code get} share, checks what can be checked and opens
 *       the client;
 *   <li>the command streams its chunks through a {@link io.zonecache.cli.command.Window} that bounds what is in flight and keeps
 *       their order;
 *   <li>facts go to standard output and {@link io.zonecache.cli.command.JsonOption}, an error as one line to standard error by
 *       {@link io.zonecache.cli.command.Failures}, and the exit code is one of {@link io.zonecache.cli.command.ExitCodes}.
 * </ol>
 */
@NullMarked
package io.zonecache.cli.command;

import org.jspecify.annotations.NullMarked;
