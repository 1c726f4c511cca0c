@NullMarked
package io.zonecache.client.internal;

import org.jspecify.annotations.NullMarked;
