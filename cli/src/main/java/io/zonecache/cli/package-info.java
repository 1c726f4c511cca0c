/**
 * The {@code zonecache} command: {@link io.zonecache.cli.Main} takes the arguments and finds the command, in {@link
 * io.zonecache.cli.command}, in {@link io.zonecache.cli.demo}, or {@code serve} in cache-server.
 * All of them write through {@link io.zonecache.cli.output}.
 */
@NullMarked
package io.zonecache.cli;

import org.jspecify.annotations.NullMarked;
