package io.zonecache.chaos.fault;

import io.zonecache.chaos.zone.NodeContainer;
import java.util.List;
import java.util.stream.Collectors;

/** Nodes forget every stripe at the same time. Nothing brings that back but reads. */
public record NodeEmptied(List<NodeContainer> nodes) implements Fault {

    public NodeEmptied {
        nodes = List.copyOf(nodes);
    }

    @Override
    public String describe() {
        return "empty " + nodes.stream().map(NodeContainer::id).collect(Collectors.joining(" "));
    }

    @Override
    public void inject() {
        nodes.parallelStream().forEach(NodeContainer::empty);
    }

    @Override
    public void heal() {}
}
