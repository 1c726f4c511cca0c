@NullMarked
package io.zonecache.server;

import org.jspecify.annotations.NullMarked;
