@NullMarked
package io.zonecache.client.origin.s3;

import org.jspecify.annotations.NullMarked;
