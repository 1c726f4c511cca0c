/** Reads without pause while faults happen, and knows what every read must give. */
@NullMarked
package io.zonecache.chaos.oracle;

import org.jspecify.annotations.NullMarked;
