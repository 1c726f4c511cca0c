@NullMarked
package io.zonecache.client.flight;

import org.jspecify.annotations.NullMarked;
