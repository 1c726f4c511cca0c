package io.zonecache.benchmarks.cluster;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows with the same number of reads in flight, which are compared with each other.
 *
 * @param readers reads in flight
 * @param all the zone under CHECKSUM, asking for all stripes
 * @param hedged the zone under CHECKSUM, asking for more only after a while
 * @param peers by name, in the order in which they are measured
 */
record ReaderRows(int readers, ReadRow all, ReadRow hedged, Map<String, ReadRow> peers) {

    ReaderRows(int readers, ReadRow all, ReadRow hedged) {
        this(readers, all, hedged, new LinkedHashMap<>());
    }

    /** The zone's rows whose policies are compared with other caches. */
    List<ReadRow> zone() {
        return List.of(all, hedged);
    }
}
