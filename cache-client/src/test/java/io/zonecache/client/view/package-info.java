@NullMarked
package io.zonecache.client.view;

import org.jspecify.annotations.NullMarked;
