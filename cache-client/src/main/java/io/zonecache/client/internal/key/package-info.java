/** What a chunk is called, which decides what its bytes and stripes are checked by: {@link io.zonecache.client.internal.key.ChunkName}. */
@NullMarked
package io.zonecache.client.internal.key;

import org.jspecify.annotations.NullMarked;
