/** What a store knows of its stripes without touching the disk: keys, places, references, and the buffers kept in memory. */
@NullMarked
package io.zonecache.storage.index;

import org.jspecify.annotations.NullMarked;
