package io.zonecache.model;

/**
 * One node as the view knows it.
 *
 * @param address host and data port as {@link HostAndPort} writes them, {@code 10.0.0.7:7400} or {@code [fd00::7]:7400}
 * @param domain what fails together, such as a host; a chunk's stripes go to distinct ones while they last
 * @param weight 1..16, the share of chunks relative to others
 */
public record ZoneNode(String id, String address, String domain, int weight, NodeState state) {

    public static final int MAX_WEIGHT = 16;

    public ZoneNode {
        requireText("id", id);
        requireText("address", address);
        requireText("domain", domain);
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException("weight of node " + id + ": " + weight + " (expected: 1..16)");
        }
    }

    public ZoneNode withState(NodeState newState) {
        return new ZoneNode(id, address, domain, weight, newState);
    }

    private static void requireText(String field, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(field + " of a node: empty (expected: text)");
        }
    }
}
