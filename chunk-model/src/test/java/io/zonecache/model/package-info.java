@NullMarked
package io.zonecache.model;

import org.jspecify.annotations.NullMarked;
