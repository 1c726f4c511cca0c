/**
 * A second store below the zone, to hold the seam: a web server that has chunks under one prefix and reads any of its files in ranges. All that
 * knows of it is in this package and in {@code META-INF/services}.
 */
@NullMarked
package io.zonecache.client.origin.http;

import org.jspecify.annotations.NullMarked;
