@NullMarked
package io.zonecache.client.time;

import org.jspecify.annotations.NullMarked;
