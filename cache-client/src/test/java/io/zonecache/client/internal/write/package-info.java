@NullMarked
package io.zonecache.client.internal.write;

import org.jspecify.annotations.NullMarked;
