/**
 * What {@code zonecache bench storage} measures: a store in this process, a node in one of its own, an eviction policy alone.
 *
 * <ol>
 *   <li>{@link io.zonecache.benchmarks.storage.StorageBench} warms every {@code Scenario} up and then runs them in turn, several times, so
 *       that what else the machine does meets them alike;
 *   <li>scenarios put numbers into {@code Results}, latencies by way of an HdrHistogram;
 *   <li>{@link io.zonecache.benchmarks.storage.Row} is the median of a number's runs, with the least and the most, against its target.
 * </ol>
 */
@NullMarked
package io.zonecache.benchmarks.storage;

import org.jspecify.annotations.NullMarked;
