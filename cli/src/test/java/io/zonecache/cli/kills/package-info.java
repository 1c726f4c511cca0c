/** Nodes killed one after the other while a client reads: what the zone holds is not fetched again. */
@NullMarked
package io.zonecache.cli.kills;

import org.jspecify.annotations.NullMarked;
