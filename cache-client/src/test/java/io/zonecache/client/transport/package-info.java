@NullMarked
package io.zonecache.client.transport;

import org.jspecify.annotations.NullMarked;
