/** The store without a disk: for tests and for nodes that shall not keep anything. */
@NullMarked
package io.zonecache.storage.memory;

import org.jspecify.annotations.NullMarked;
