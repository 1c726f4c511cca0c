@NullMarked
package io.zonecache.client.memory;

import org.jspecify.annotations.NullMarked;
