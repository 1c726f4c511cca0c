@NullMarked
package io.zonecache.server.stripes;

import org.jspecify.annotations.NullMarked;
