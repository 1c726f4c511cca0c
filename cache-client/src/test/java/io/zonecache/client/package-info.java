@NullMarked
package io.zonecache.client;

import org.jspecify.annotations.NullMarked;
