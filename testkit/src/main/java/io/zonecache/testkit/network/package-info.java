/**
 * A network in virtual time. {@link io.zonecache.testkit.network.SimulatedNetwork} carries messages and calls between named endpoints;
 * {@link io.zonecache.testkit.network.Delay} says how long they take, {@link io.zonecache.testkit.network.EndpointState} whether an
 * endpoint takes them, and {@link io.zonecache.testkit.network.NetworkCounts} what became of them.
 */
@NullMarked
package io.zonecache.testkit.network;

import org.jspecify.annotations.NullMarked;
