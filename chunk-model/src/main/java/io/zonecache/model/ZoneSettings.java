package io.zonecache.model;

/**
 * What all nodes and clients of a zone must agree on; it travels in the view.
 *
 * @param recordVersion the newest stripe record version that writers may use
 * @param originBudget most origin fetches under way at once for the whole zone
 * @param originReserve the part of the budget left to clients that reach no node of a chunk
 */
public record ZoneSettings(
        String zone,
        int recordVersion,
        KeyScheme keyScheme,
        CodeSpec code,
        int expectedNodes,
        int originBudget,
        int originReserve,
        int expectedClients) {

    public static final int DEFAULT_ORIGIN_BUDGET = 64;
    public static final int DEFAULT_ORIGIN_RESERVE = 4;
    public static final int DEFAULT_EXPECTED_CLIENTS = 100;

    public ZoneSettings {
        if (zone.isEmpty()) {
            throw new IllegalArgumentException("zone: empty (expected: a name)");
        }
        requireAtLeast("recordVersion", recordVersion, 1);
        requireAtLeast("expectedNodes", expectedNodes, 1);
        requireAtLeast("originBudget", originBudget, 1);
        requireAtLeast("originReserve", originReserve, 0);
        requireAtLeast("expectedClients", expectedClients, 1);
        if (originReserve >= originBudget) {
            throw new IllegalArgumentException(
                    "originReserve: " + originReserve + " (expected: less than originBudget, " + originBudget + ")");
        }
    }

    /** How many origin fetches one node may lease out: the budget less the reserve, shared by the larger of both counts. */
    public int sharePerNode(int nodesInView) {
        return (originBudget - originReserve) / Math.max(expectedNodes, nodesInView);
    }

    private static void requireAtLeast(String field, int value, int min) {
        if (value < min) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: at least " + min + ")");
        }
    }
}
