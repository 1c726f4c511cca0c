@NullMarked
package io.zonecache.membership.internal;

import org.jspecify.annotations.NullMarked;
