@NullMarked
package io.zonecache.server.config;

import org.jspecify.annotations.NullMarked;
