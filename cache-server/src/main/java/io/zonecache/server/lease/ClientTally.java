package io.zonecache.server.lease;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** How many of something each client has; holds nothing of clients that have none. O(1). Not thread-safe. */
final class ClientTally {

    /** Linked, so that a walk takes no time for what it held once. */
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    void add(String client) {
        counts.merge(client, 1, Integer::sum);
    }

    void remove(String client) {
        counts.computeIfPresent(client, (name, count) -> count == 1 ? null : count - 1);
    }

    void clear() {
        counts.clear();
    }

    int of(String client) {
        return counts.getOrDefault(client, 0);
    }

    /** How many clients have any. */
    int clients() {
        return counts.size();
    }

    /** Whether the condition holds for a client that has any. O(clients for which it does not). */
    boolean anyClient(Predicate<String> condition) {
        return counts.keySet().stream().anyMatch(condition);
    }
}
