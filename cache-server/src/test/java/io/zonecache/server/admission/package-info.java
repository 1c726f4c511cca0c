@NullMarked
package io.zonecache.server.admission;

import org.jspecify.annotations.NullMarked;
