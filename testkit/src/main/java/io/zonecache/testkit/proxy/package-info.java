/**
 * A TCP proxy that makes a network misbehave.
 *
 * <ol>
 *   <li>{@link io.zonecache.testkit.proxy.FaultProxy} accepts a connection and opens one to the target;
 *   <li>a pump for each direction passes bytes on; the one towards the client does to them what the {@link
 *       io.zonecache.testkit.proxy.ProxyFault} that is set says.
 * </ol>
 */
@NullMarked
package io.zonecache.testkit.proxy;

import org.jspecify.annotations.NullMarked;
