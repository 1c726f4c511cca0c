@NullMarked
package io.zonecache.client.internal.view;

import org.jspecify.annotations.NullMarked;
