/** Time that a test owns: {@link io.zonecache.testkit.time.VirtualClock} for whatever takes an injected clock or timer. */
@NullMarked
package io.zonecache.testkit.time;

import org.jspecify.annotations.NullMarked;
