/**
 * What nodes report about the zone: {@link io.zonecache.client.internal.view.ViewTracker} fetches the view and publishes placements,
 * {@link io.zonecache.client.internal.view.PurgeTracker} learns which chunks were purged.
 */
@NullMarked
package io.zonecache.client.internal.view;

import org.jspecify.annotations.NullMarked;
