/** Tests of origin protection. */
@NullMarked
package io.zonecache.server.lease;

import org.jspecify.annotations.NullMarked;
