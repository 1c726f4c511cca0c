/**
 * What every origin promises, as tests: an origin's module extends {@link io.zonecache.testkit.origin.OriginContract} or, for a server that has
 * objects too, {@link io.zonecache.testkit.origin.ObjectStoreContract}. Needs JUnit Jupiter, AssertJ and Awaitility on the class path.
 */
@NullMarked
package io.zonecache.testkit.origin;

import org.jspecify.annotations.NullMarked;
