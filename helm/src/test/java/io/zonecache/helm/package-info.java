/** The chart as a real Helm renders it, held against the Kubernetes model and against what a node understands. */
@NullMarked
package io.zonecache.helm;

import org.jspecify.annotations.NullMarked;
