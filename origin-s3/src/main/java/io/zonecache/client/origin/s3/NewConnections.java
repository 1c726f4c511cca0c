package io.zonecache.client.origin.s3;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/** Knows whether this thread has made a connection: hosts are looked up for each new one, on the thread that sends the request. Thread-safe. */
final class NewConnections extends SystemDefaultDnsResolver {

    private final ThreadLocal<Boolean> made = new ThreadLocal<>();

    void forget() {
        made.remove();
    }

    boolean isMade() {
        return made.get() != null;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        made.set(true);
        return super.resolve(host);
    }
}
