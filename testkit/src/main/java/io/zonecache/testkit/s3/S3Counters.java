package io.zonecache.testkit.s3;

/** Counts requests and, of GETs of objects, those in flight and their peak. Only the server's one event loop touches it. */
final class S3Counters {

    enum Kind {
        GET,
        PUT,
        OTHER
    }

    private long gets;
    private long getBytes;
    private int getsInFlight;
    private int getsPeakInFlight;
    private long puts;
    private long others;
    private long faults;

    void begin(Kind kind) {
        switch (kind) {
            case GET -> {
                gets++;
                getsInFlight++;
                getsPeakInFlight = Math.max(getsPeakInFlight, getsInFlight);
            }
            case PUT -> puts++;
            case OTHER -> others++;
        }
    }

    void endGet(long bodyBytes) {
        getsInFlight--;
        getBytes += bodyBytes;
    }

    void fault() {
        faults++;
    }

    S3Counts counts() {
        return new S3Counts(gets, getBytes, getsInFlight, getsPeakInFlight, puts, others, faults);
    }

    /** What is in flight stays counted, and is the peak to begin with. */
    S3Counts reset() {
        S3Counts before = counts();
        gets = 0;
        getBytes = 0;
        getsPeakInFlight = getsInFlight;
        puts = 0;
        others = 0;
        faults = 0;
        return before;
    }
}
