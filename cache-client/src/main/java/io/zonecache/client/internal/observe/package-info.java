/** The observers of a cache: listener, tracer and meters, none of which can do it any harm. */
@NullMarked
package io.zonecache.client.internal.observe;

import org.jspecify.annotations.NullMarked;
