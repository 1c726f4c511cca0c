/** The node's data directory: who it belongs to, and that only one process works in it. */
@NullMarked
package io.zonecache.server.datadir;

import org.jspecify.annotations.NullMarked;
