/** What a node tells about itself in figures; docs/operations.md lists them. */
@NullMarked
package io.zonecache.server.metrics;

import org.jspecify.annotations.NullMarked;
