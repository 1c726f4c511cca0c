package io.zonecache.model;

import java.util.Locale;

/** What the view says of a node; a client's own evidence counts more. */
public enum NodeState {
    UP,
    /** Keeps its places, and its stripes count as lost, until it returns or is taken out. */
    DOWN;

    /** As written in a view. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException with the value and what was expected */
    public static NodeState parse(String text) {
        for (NodeState state : values()) {
            if (state.wireName().equals(text)) {
                return state;
            }
        }
        throw new IllegalArgumentException("state: \"" + text + "\" (expected: up or down)");
    }
}
