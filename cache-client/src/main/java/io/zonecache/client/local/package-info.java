/** Chunks in the worker's own memory. */
@NullMarked
package io.zonecache.client.local;

import org.jspecify.annotations.NullMarked;
