/** Reads of one key share one {@link io.zonecache.client.flight.Flights flight}. */
@NullMarked
package io.zonecache.client.flight;

import org.jspecify.annotations.NullMarked;
