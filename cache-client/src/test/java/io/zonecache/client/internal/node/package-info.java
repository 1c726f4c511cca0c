@NullMarked
package io.zonecache.client.internal.node;

import org.jspecify.annotations.NullMarked;
