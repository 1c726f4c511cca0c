/**
 * The view as workers get it.
 *
 * <ol>
 *   <li>{@link io.zonecache.server.view.CurrentView} hears of each view from membership and holds the newest;
 *   <li>every answer of the node carries its epoch, so that clients notice a newer one;
 *   <li>{@link io.zonecache.server.view.ViewEndpoint} sends it, at once or once it changes, and ends requests that wait for it when
 *       there is news of purges.
 * </ol>
 */
@NullMarked
package io.zonecache.server.view;

import org.jspecify.annotations.NullMarked;
