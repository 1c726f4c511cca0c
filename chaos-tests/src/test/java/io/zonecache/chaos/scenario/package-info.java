/** Faults under load, each with its promise and the bound that is asserted. */
@NullMarked
package io.zonecache.chaos.scenario;

import org.jspecify.annotations.NullMarked;
