package io.zonecache.client.internal.transport;

/**
 * How nodes are connected to.
 *
 * @param connections most to one node for stripes
 * @param waitQueueLength most requests that wait for a connection to one node
 * @param maxBodyBytes longer answers are cut off
 * @param userAgent tells this client from others of its host
 */
public record TransportOptions(
        int connections, int waitQueueLength, int connectMillis, long maxBodyBytes, String userAgent) {

    public static final int DEFAULT_CONNECTIONS = 8;
    public static final int DEFAULT_WAIT_QUEUE_LENGTH = 1_024;
    public static final int DEFAULT_CONNECT_MILLIS = 250;

    /** The longest chunk with as much parity as data, stored on one node, still fits. */
    public static final long DEFAULT_MAX_BODY_BYTES = 64L << 20;

    public static TransportOptions defaults(String userAgent) {
        return new TransportOptions(
                DEFAULT_CONNECTIONS,
                DEFAULT_WAIT_QUEUE_LENGTH,
                DEFAULT_CONNECT_MILLIS,
                DEFAULT_MAX_BODY_BYTES,
                userAgent);
    }
}
