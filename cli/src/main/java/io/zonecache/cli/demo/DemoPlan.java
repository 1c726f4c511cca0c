package io.zonecache.cli.demo;

/**
 * The demo's numbers.
 *
 * @param readsPerPhase at least, all workers together; the cold phase has its own number
 * @param deadlineMillis of each read
 * @param disturbAtPercent of a phase's reads, when the zone is done something to: under full load
 */
record DemoPlan(
        int nodes,
        int workers,
        int readsInFlight,
        int originBudget,
        int originReserve,
        long readsPerPhase,
        long deadlineMillis,
        int disturbAtPercent,
        long seed) {

    static DemoPlan standard() {
        return new DemoPlan(6, 4, 16, 16, 4, 10_000, 30_000, 10, 2026);
    }

    DemoPlan withReadsPerPhase(long reads) {
        return new DemoPlan(
                nodes,
                workers,
                readsInFlight,
                originBudget,
                originReserve,
                reads,
                deadlineMillis,
                disturbAtPercent,
                seed);
    }
}
