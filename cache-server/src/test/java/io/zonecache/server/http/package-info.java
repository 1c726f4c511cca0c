@NullMarked
package io.zonecache.server.http;

import org.jspecify.annotations.NullMarked;
