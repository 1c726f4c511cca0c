/** Chunks in the worker's own memory. */
@NullMarked
package io.zonecache.client.internal.local;

import org.jspecify.annotations.NullMarked;
