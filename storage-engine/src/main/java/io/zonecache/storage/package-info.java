/** Stripes on one node. */
@NullMarked
package io.zonecache.storage;

import org.jspecify.annotations.NullMarked;
