/** Reads of one key share one {@link io.zonecache.client.internal.flight.Flights flight}. */
@NullMarked
package io.zonecache.client.internal.flight;

import org.jspecify.annotations.NullMarked;
