/** {@code zonecache bench}: measurements in tables, and as rows for programs. */
@NullMarked
package io.zonecache.cli.bench;

import org.jspecify.annotations.NullMarked;
