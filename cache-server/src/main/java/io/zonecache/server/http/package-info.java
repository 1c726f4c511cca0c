/**
 * HTTP as the data plane speaks it. A request's way:
 *
 * <ol>
 *   <li>{@link io.zonecache.server.http.Connections} counts its connection from when it is accepted, and holds all of them to their limit;
 *   <li>{@link io.zonecache.server.http.HttpListener} speaks HTTP with it, one on every event loop, and a
 *       {@code PipelineGate} bounds what it decodes ahead of the request that is being answered;
 *   <li>{@link io.zonecache.server.http.Route} reads the path, exactly;
 *   <li>{@link io.zonecache.server.http.DataPlane} checks the method and hands an {@link io.zonecache.server.http.Exchange} to the
 *       endpoint of that path: stripes, leases or the view;
 *   <li>the endpoint answers through the exchange, which adds the epoch, counts the outcome, and deals with a body that nobody read.
 * </ol>
 */
@NullMarked
package io.zonecache.server.http;

import org.jspecify.annotations.NullMarked;
