@NullMarked
package io.zonecache.client.internal.flight;

import org.jspecify.annotations.NullMarked;
