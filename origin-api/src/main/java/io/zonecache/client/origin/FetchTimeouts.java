package io.zonecache.client.origin;

/**
 * How long a call to the origin may take. Immutable.
 *
 * @param idleMillis the call fails when nothing has come from the origin for this long, 1 or more. Time in which the call waits for a thread or for
 *     memory of this process does not count, nor does time in which bytes arrive
 * @param totalMillis the call fails after this time, whatever arrives, 1 or more
 */
public record FetchTimeouts(long idleMillis, long totalMillis) {

    /**
     * Timeouts of calls that may be silent all the time.
     *
     * @param totalMillis the call fails after this time, 1 or more
     */
    public static FetchTimeouts of(long totalMillis) {
        return new FetchTimeouts(totalMillis, totalMillis);
    }
}
