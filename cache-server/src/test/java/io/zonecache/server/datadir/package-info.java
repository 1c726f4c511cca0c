/** Tests of the node's data directory. */
@NullMarked
package io.zonecache.server.datadir;

import org.jspecify.annotations.NullMarked;
