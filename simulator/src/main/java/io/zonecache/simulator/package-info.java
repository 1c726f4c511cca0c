/**
 * The store's own eviction policies over traces.
 *
 * <ol>
 *   <li>{@link io.zonecache.simulator.Trace} reads keys, one a line, and numbers them;
 *   <li>{@link io.zonecache.simulator.PolicySimulator} runs a policy over them at some capacities;
 *   <li>{@link io.zonecache.simulator.SimulationResult} says how often it hit;
 *   <li>{@link io.zonecache.simulator.HitRatioTable} and {@link io.zonecache.simulator.HitRatioPlot} show several of them.
 * </ol>
 */
@NullMarked
package io.zonecache.simulator;

import org.jspecify.annotations.NullMarked;
