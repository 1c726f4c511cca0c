@NullMarked
package io.zonecache.client.internal.lease;

import org.jspecify.annotations.NullMarked;
