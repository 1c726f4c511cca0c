/** What goes wrong on purpose: each fault names itself, is injected, and is healed. */
@NullMarked
package io.zonecache.chaos.fault;

import org.jspecify.annotations.NullMarked;
