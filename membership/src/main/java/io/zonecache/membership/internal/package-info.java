/** The rules of membership, without a network and without a clock of their own. Not for use outside this module. */
@NullMarked
package io.zonecache.membership.internal;

import org.jspecify.annotations.NullMarked;
