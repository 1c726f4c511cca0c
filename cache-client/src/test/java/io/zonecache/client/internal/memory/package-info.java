@NullMarked
package io.zonecache.client.internal.memory;

import org.jspecify.annotations.NullMarked;
