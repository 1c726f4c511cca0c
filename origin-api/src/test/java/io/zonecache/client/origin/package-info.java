@NullMarked
package io.zonecache.client.origin;

import org.jspecify.annotations.NullMarked;
