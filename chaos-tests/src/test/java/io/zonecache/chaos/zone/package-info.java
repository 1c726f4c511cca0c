/** A zone of real nodes, each in a container of the project's image, on a network of their own. */
@NullMarked
package io.zonecache.chaos.zone;

import org.jspecify.annotations.NullMarked;
