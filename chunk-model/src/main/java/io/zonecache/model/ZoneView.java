package io.zonecache.model;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The zone's nodes at one epoch: with a chunk key, all that placement needs. Immutable.
 *
 * @param epoch grows with every view that is published
 */
public record ZoneView(ZoneSettings settings, long epoch, List<ZoneNode> nodes) {

    public ZoneView {
        nodes = List.copyOf(nodes);
        Set<String> ids = new HashSet<>();
        for (ZoneNode node : nodes) {
            if (!ids.add(node.id())) {
                throw new IllegalArgumentException("node id " + node.id() + ": twice in one view (expected: unique)");
            }
        }
    }

    public Optional<ZoneNode> node(String id) {
        return nodes.stream().filter(node -> node.id().equals(id)).findFirst();
    }
}
