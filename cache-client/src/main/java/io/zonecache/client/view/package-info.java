/** Who is in the zone, as this client knows: {@link io.zonecache.client.view.ViewTracker} fetches the view and publishes placements. */
@NullMarked
package io.zonecache.client.view;

import org.jspecify.annotations.NullMarked;
