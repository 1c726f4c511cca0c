/** Tests of what clients hear of purges. */
@NullMarked
package io.zonecache.server.purge;

import org.jspecify.annotations.NullMarked;
