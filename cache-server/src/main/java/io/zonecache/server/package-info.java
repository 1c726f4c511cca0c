/**
 * One node of a zone. At start {@link io.zonecache.server.CacheNode}:
 *
 * <ol>
 *   <li>takes its data directory, for itself alone ({@code datadir});
 *   <li>opens the store and the purge list;
 *   <li>binds the data plane ({@code http}) and the admin port ({@code admin});
 *   <li>joins the zone, and hears of its views ({@code view}) and its share of origin fetches ({@code lease});
 *   <li>serves: a request passes {@code http}, {@code admission}, and one of {@code stripes}, {@code fill} and {@code view}.
 * </ol>
 *
 * A stop goes the way back: down in the view, requests under way ended, store closed.
 */
@NullMarked
package io.zonecache.server;

import org.jspecify.annotations.NullMarked;
