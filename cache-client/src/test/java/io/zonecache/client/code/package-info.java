@NullMarked
package io.zonecache.client.code;

import org.jspecify.annotations.NullMarked;
