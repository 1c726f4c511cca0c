@NullMarked
package io.zonecache.client.internal.read;

import org.jspecify.annotations.NullMarked;
