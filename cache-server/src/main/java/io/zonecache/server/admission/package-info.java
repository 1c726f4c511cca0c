/**
 * What a node takes on, and what it turns away before it costs anything.
 *
 * <ol>
 *   <li>{@link io.zonecache.server.admission.Admission} counts requests and bytes in flight and sheds by kind and rank;
 *   <li>{@link io.zonecache.server.admission.WorkQueue} runs what needs the disk, unless it has waited too long;
 *   <li>{@link io.zonecache.server.admission.RepairBudget} says which misses may be repaired here;
 *   <li>{@link io.zonecache.server.admission.ClientRates} bounds what one client may ask for.
 * </ol>
 *
 * Nothing here does I/O or knows of HTTP; time comes from an injected clock.
 */
@NullMarked
package io.zonecache.server.admission;

import org.jspecify.annotations.NullMarked;
