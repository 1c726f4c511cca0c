/**
 * The store below the cache, for those who use one and for those who write one.
 *
 * <p>{@link io.zonecache.client.origin.Origins} finds the {@link io.zonecache.client.origin.OriginProvider} of a location, such as
 * {@code s3://bucket/prefix}, which opens its {@link io.zonecache.client.origin.Origin}. A client sends it
 * {@link io.zonecache.client.origin.FetchRequest}s. An origin whose calls block runs them on
 * {@link io.zonecache.client.origin.OriginThreads}.
 */
@NullMarked
package io.zonecache.client.origin;

import org.jspecify.annotations.NullMarked;
