/** Files and directories that a power loss leaves whole. */
@NullMarked
package io.zonecache.model.file;

import org.jspecify.annotations.NullMarked;
