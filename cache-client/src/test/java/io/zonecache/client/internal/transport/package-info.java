@NullMarked
package io.zonecache.client.internal.transport;

import org.jspecify.annotations.NullMarked;
