package io.zonecache.server.metrics;

import java.util.Locale;

/** What a request to the data plane asks for. */
public enum Operation {
    GET_STRIPES,
    HEAD_STRIPES,
    PUT_STRIPES,
    REPORT_CORRUPT,
    ACQUIRE_LEASE,
    END_LEASE,
    GET_VIEW,
    GET_PURGES,
    OTHER;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As in metrics. */
    public String label() {
        return label;
    }
}
