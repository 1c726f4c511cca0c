@NullMarked
package io.zonecache.client.file;

import org.jspecify.annotations.NullMarked;
