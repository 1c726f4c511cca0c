/**
 * JMH benchmarks of what a read or a write costs in computation: policy, checksums, placement, codes.
 *
 * <p>{@code org.openjdk.jmh.Main} with this module on the class path runs them; its first argument picks by name.
 */
@NullMarked
package io.zonecache.benchmarks;

import org.jspecify.annotations.NullMarked;
