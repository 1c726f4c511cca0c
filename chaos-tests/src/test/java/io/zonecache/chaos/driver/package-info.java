/** The program behind {@code dev/chaos}: scenarios and random faults for as long as one likes, and a report. */
@NullMarked
package io.zonecache.chaos.driver;

import org.jspecify.annotations.NullMarked;
