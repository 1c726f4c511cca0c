/** The {@code serve} command. */
@NullMarked
package io.zonecache.server.command;

import org.jspecify.annotations.NullMarked;
