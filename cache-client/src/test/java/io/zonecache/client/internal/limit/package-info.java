@NullMarked
package io.zonecache.client.internal.limit;

import org.jspecify.annotations.NullMarked;
