package io.zonecache.client.internal.transport;

import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;

/** Finds the addresses of a host. */
@FunctionalInterface
interface HostLookup {

    /**
     * Never blocks, and remembers answers for a second at most.
     *
     * @param host a name; literal addresses are not looked up
     * @return the addresses in the order in which they should be tried, IPv4 and IPv6 alike; fails if there is none. Completes on any thread
     */
    Future<List<InetAddress>> addresses(String host);
}
