/**
 * Nodes as their users run them: processes that find each other.
 *
 * <ol>
 *   <li>{@link io.zonecache.testkit.zone.ZoneProcesses} gives ports to nodes and starts them all at once;
 *   <li>{@link io.zonecache.testkit.zone.NodeProcess} is one of them: frozen, killed, emptied, stopped and started again;
 *   <li>{@link io.zonecache.testkit.zone.ZoneWatch} tells when the zone's view is what was awaited.
 * </ol>
 */
@NullMarked
package io.zonecache.testkit.zone;

import org.jspecify.annotations.NullMarked;
