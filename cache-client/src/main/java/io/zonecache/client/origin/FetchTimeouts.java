package io.zonecache.client.origin;

/**
 * How long a call to the origin may take.
 *
 * @param silenceMillis the call ends when nothing has come for so long. What waits for a thread of this process is not the origin's
 *     silence, and a body whose bytes arrive is none: to ask for it anew would cost the origin twice and the reader more time
 * @param totalMillis it ends then, whatever arrives
 */
public record FetchTimeouts(long silenceMillis, long totalMillis) {

    /** For calls that end then, silent or not. */
    public static FetchTimeouts of(long totalMillis) {
        return new FetchTimeouts(totalMillis, totalMillis);
    }
}
