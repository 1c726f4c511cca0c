@NullMarked
package io.zonecache.client.internal.code;

import org.jspecify.annotations.NullMarked;
