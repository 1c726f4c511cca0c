/**
 * How clients follow purges, so that their local caches drop what was purged.
 *
 * <ol>
 *   <li>{@link io.zonecache.server.purge.PurgeLog} holds the purged keys in the order in which this node learnt of them;
 *   <li>every answer of the node carries the log's {@link io.zonecache.server.purge.PurgeToken}, so that clients notice more of them;
 *   <li>{@link io.zonecache.server.purge.PurgeNews} ends the requests that idle clients have the node hold;
 *   <li>{@link io.zonecache.server.purge.PurgesEndpoint} lists the keys since a client's token.
 * </ol>
 *
 * docs/decisions/0018-purges-are-gossip.md holds the reasoning.
 */
@NullMarked
package io.zonecache.server.purge;

import org.jspecify.annotations.NullMarked;
