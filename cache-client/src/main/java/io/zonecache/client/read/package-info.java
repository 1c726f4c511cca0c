/** A chunk out of the zone. */
@NullMarked
package io.zonecache.client.read;

import org.jspecify.annotations.NullMarked;
