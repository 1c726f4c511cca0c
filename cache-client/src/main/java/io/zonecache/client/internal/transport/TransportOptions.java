package io.zonecache.client.internal.transport;

/**
 * How to connect to nodes.
 *
 * @param connections maximum number of connections to one node for stripes
 * @param waitQueueLength maximum number of requests that wait for a connection to one node
 * @param connectMillis for one connection to one address
 * @param idleMillis after which a connection that carries nothing is closed; less than a node's idle timeout, so that the client usually closes
 *     first
 * @param maxBodyBytes longer answers are cut off
 * @param userAgent distinguishes this client from others on its host
 */
public record TransportOptions(
        int connections, int waitQueueLength, int connectMillis, long idleMillis, long maxBodyBytes, String userAgent) {

    private static final int DEFAULT_CONNECTIONS = 8;
    public static final int DEFAULT_WAIT_QUEUE_LENGTH = 1_024;
    private static final int DEFAULT_CONNECT_MILLIS = 250;
    public static final long DEFAULT_IDLE_MILLIS = 20_000;

    /** The longest chunk with as much parity as data, stored on one node, still fits. */
    public static final long DEFAULT_MAX_BODY_BYTES = 64L << 20;

    /** Connections over HTTP/2 on which requests wait; a node takes 256 on each. */
    static final int MAX_WAITING_CONNECTIONS = 4;

    /** Connections on which requests wait if HTTP/2 is not spoken; each request holds its connection while it waits. */
    static final int MAX_WAITING_CONNECTIONS_HTTP_1 = 32;

    static TransportOptions defaults(String userAgent) {
        return new TransportOptions(
                DEFAULT_CONNECTIONS,
                DEFAULT_WAIT_QUEUE_LENGTH,
                DEFAULT_CONNECT_MILLIS,
                DEFAULT_IDLE_MILLIS,
                DEFAULT_MAX_BODY_BYTES,
                userAgent);
    }
}
