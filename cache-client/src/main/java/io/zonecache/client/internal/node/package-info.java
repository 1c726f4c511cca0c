/**
 * What this client has seen of each node. Reads ask {@link io.zonecache.client.internal.node.NodeTracker} whom to ask, and tell it how that
 * went; {@link io.zonecache.client.internal.node.NodeHealth} draws the conclusions.
 */
@NullMarked
package io.zonecache.client.internal.node;

import org.jspecify.annotations.NullMarked;
