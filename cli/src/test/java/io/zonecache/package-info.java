/** What holds for all modules together. */
@NullMarked
package io.zonecache;

import org.jspecify.annotations.NullMarked;
