@NullMarked
package io.zonecache.membership;

import org.jspecify.annotations.NullMarked;
