/** Knows what every chunk must hold, without keeping it. */
@NullMarked
package io.zonecache.testkit.oracle;

import org.jspecify.annotations.NullMarked;
