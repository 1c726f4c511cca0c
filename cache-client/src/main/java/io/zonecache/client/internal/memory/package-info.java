/** One bound in bytes for all that a client holds: chunks that come in, stripes that go out, and the local cache. */
@NullMarked
package io.zonecache.client.internal.memory;

import org.jspecify.annotations.NullMarked;
