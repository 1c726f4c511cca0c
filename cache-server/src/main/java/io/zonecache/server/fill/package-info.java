/** Fill leases over HTTP; {@code io.zonecache.server.lease} decides who gets one. */
@NullMarked
package io.zonecache.server.fill;

import org.jspecify.annotations.NullMarked;
