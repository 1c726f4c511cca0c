package io.zonecache.testkit.proxy;

/** What happens to bytes on their way from the target to its client. */
public sealed interface ProxyFault {

    /** Passes everything on. */
    record None() implements ProxyFault {}

    /** Every piece arrives so much later, one after the other. */
    record Delay(long millis) implements ProxyFault {}

    /** Every piece arrives so much later, however many are on their way: as over a longer line. */
    record Lag(long millis) implements ProxyFault {}

    /** So many bytes at a time, and a pause after each. */
    record Trickle(int bytes, long pauseMillis) implements ProxyFault {}

    /** The connection breaks after so many bytes, counted for each connection from when it was made. */
    record BreakAfter(long bytes) implements ProxyFault {}

    /** Bytes in both directions are swallowed; connections stay open, and new ones are accepted. */
    record BlackHole() implements ProxyFault {}

    /** All connections together carry so many bytes a second, in turn: as over a narrow link. */
    record Bandwidth(long bytesPerSecond) implements ProxyFault {}

    /** One bit is flipped in the last of every so many bytes. */
    record FlipBits(int everyBytes) implements ProxyFault {}
}
