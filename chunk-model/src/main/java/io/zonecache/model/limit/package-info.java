/** Limits that clients and nodes both apply. */
@NullMarked
package io.zonecache.model.limit;

import org.jspecify.annotations.NullMarked;
