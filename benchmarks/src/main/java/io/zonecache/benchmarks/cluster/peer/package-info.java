/**
 * Other caches that the zone is compared with: Debian's servers, through the clients that Java programs use. Each server is a child of the
 * bench on loopback, holds the same chunks, and ends with it.
 */
@NullMarked
package io.zonecache.benchmarks.cluster.peer;

import org.jspecify.annotations.NullMarked;
