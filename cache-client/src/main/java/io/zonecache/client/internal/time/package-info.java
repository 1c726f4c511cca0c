/** Time as the client sees it, so that tests can control it. */
@NullMarked
package io.zonecache.client.internal.time;

import org.jspecify.annotations.NullMarked;
