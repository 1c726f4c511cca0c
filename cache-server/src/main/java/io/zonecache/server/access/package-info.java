/**
 * What is read on this node, written down for {@code zonecache simulate}.
 *
 * <ol>
 *   <li>{@link io.zonecache.server.access.AccessLog} takes the key of each reference as {@code stripes} counts it, if the key is one of
 *       the sample, and never waits;
 *   <li>a thread of its own writes what has come to a {@link io.zonecache.server.access.RotatingFile}, bounded in bytes.
 * </ol>
 */
@NullMarked
package io.zonecache.server.access;

import org.jspecify.annotations.NullMarked;
