/** Those who watch a cache: listener, tracer and meters, and that none of them does it any harm. */
@NullMarked
package io.zonecache.client.internal.observe;

import org.jspecify.annotations.NullMarked;
