@NullMarked
package io.zonecache.client.local;

import org.jspecify.annotations.NullMarked;
