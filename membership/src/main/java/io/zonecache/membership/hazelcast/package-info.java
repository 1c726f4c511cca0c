/** Membership over Hazelcast: the only package that knows it. */
@NullMarked
package io.zonecache.membership.hazelcast;

import org.jspecify.annotations.NullMarked;
