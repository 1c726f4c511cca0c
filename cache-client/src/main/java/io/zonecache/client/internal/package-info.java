/** Not part of the public interface: everything below may change in any release. */
@NullMarked
package io.zonecache.client.internal;

import org.jspecify.annotations.NullMarked;
