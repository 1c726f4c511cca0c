@NullMarked
package io.zonecache.client.internal.key;

import org.jspecify.annotations.NullMarked;
