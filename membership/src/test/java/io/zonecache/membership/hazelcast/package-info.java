@NullMarked
package io.zonecache.membership.hazelcast;

import org.jspecify.annotations.NullMarked;
