@NullMarked
package io.zonecache.model.file;

import org.jspecify.annotations.NullMarked;
