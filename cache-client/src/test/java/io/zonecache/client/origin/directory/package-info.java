@NullMarked
package io.zonecache.client.origin.directory;

import org.jspecify.annotations.NullMarked;
