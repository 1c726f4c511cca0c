/** Who is in the zone, as this client knows: {@link io.zonecache.client.internal.view.ViewTracker} fetches the view and publishes placements. */
@NullMarked
package io.zonecache.client.internal.view;

import org.jspecify.annotations.NullMarked;
