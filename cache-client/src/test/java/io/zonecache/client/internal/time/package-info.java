@NullMarked
package io.zonecache.client.internal.time;

import org.jspecify.annotations.NullMarked;
