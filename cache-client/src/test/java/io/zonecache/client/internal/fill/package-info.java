@NullMarked
package io.zonecache.client.internal.fill;

import org.jspecify.annotations.NullMarked;
