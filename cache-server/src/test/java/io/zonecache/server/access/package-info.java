@NullMarked
package io.zonecache.server.access;

import org.jspecify.annotations.NullMarked;
