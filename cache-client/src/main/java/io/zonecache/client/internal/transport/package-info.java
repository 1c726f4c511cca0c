/**
 * Sends requests to nodes.
 *
 * <ol>
 *   <li>{@code OutgoingRequests} puts the request together, and {@link io.zonecache.client.internal.transport.VertxStripeTransport} hands it to
 *       the event loop of its node;
 *   <li>a {@code ConnectionPool} gives it a connection, which a {@code NodeDialer} has opened at one of the node's addresses;
 *   <li>a {@code RequestExchange} sends it, watches its time limits, and sends it once more if the connection ends before an answer begins;
 *   <li>the answer's bytes go through a parser that asks a {@link io.zonecache.client.internal.transport.StripeSink} where each payload goes;
 *   <li>payloads are copied into a {@link io.zonecache.client.internal.transport.PayloadTarget} and checksummed while they are hot;
 *   <li>the result is a {@link io.zonecache.client.internal.transport.GetReply}, whatever the node or the network did.
 * </ol>
 */
@NullMarked
package io.zonecache.client.internal.transport;

import org.jspecify.annotations.NullMarked;
