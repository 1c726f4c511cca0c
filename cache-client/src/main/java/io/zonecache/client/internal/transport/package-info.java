/**
 * How nodes are asked.
 *
 * <ol>
 *   <li>{@link io.zonecache.client.internal.transport.VertxStripeTransport} takes a connection of the node's pool and sends the request;
 *   <li>the answer's bytes go through a parser that asks a {@link io.zonecache.client.internal.transport.StripeSink} where each payload goes;
 *   <li>payloads are copied into a {@link io.zonecache.client.internal.transport.PayloadTarget} and summed while they are hot;
 *   <li>what it amounts to is a {@link io.zonecache.client.internal.transport.GetReply}, whatever the node or the network did.
 * </ol>
 */
@NullMarked
package io.zonecache.client.internal.transport;

import org.jspecify.annotations.NullMarked;
