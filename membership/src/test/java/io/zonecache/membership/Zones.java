package io.zonecache.membership;

import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import io.zonecache.model.ZoneView;
import java.util.stream.Collectors;

/** Zones for tests. */
public final class Zones {

    public static final String ZONE = "use1-az1";

    private Zones() {}

    public static ZoneSettings settings(int expectedNodes) {
        return settings(ZONE, expectedNodes, 64);
    }

    public static ZoneSettings settings(String zone, int expectedNodes, int originBudget) {
        return new ZoneSettings(
                zone, 1, KeyScheme.SHA256, CodeSpec.defaultFor(expectedNodes), expectedNodes, originBudget, 4, 100);
    }

    public static ZoneNode node(String id) {
        return new ZoneNode(id, "127.0.0.1:7400", "domain-of-" + id, 1, NodeState.UP);
    }

    /** {@code n1:up n2:down}, in the view's order. */
    public static String text(ZoneView view) {
        return view.nodes().stream()
                .map(node -> node.id() + ':' + node.state().wireName())
                .collect(Collectors.joining(" "));
    }
}
