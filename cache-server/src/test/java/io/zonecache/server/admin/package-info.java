/** Tests of the admin port's parts. */
@NullMarked
package io.zonecache.server.admin;

import org.jspecify.annotations.NullMarked;
