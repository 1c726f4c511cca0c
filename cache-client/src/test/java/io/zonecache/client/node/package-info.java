@NullMarked
package io.zonecache.client.node;

import org.jspecify.annotations.NullMarked;
