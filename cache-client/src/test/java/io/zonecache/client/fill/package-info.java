@NullMarked
package io.zonecache.client.fill;

import org.jspecify.annotations.NullMarked;
