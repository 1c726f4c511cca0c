/**
 * What this client has seen of each node. Reads get from {@link io.zonecache.client.internal.node.NodeTracker} which nodes to ask, and report the
 * outcome to it; {@link io.zonecache.client.internal.node.NodeHealth} draws the conclusions.
 */
@NullMarked
package io.zonecache.client.internal.node;

import org.jspecify.annotations.NullMarked;
