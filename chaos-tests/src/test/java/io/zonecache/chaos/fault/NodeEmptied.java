package io.zonecache.chaos.fault;

import io.zonecache.chaos.zone.NodeContainer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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

    /** A thread for each, since a command in a container takes a while: what is filled before the last node is emptied is lost again. */
    @Override
    public void inject() {
        ExecutorService threads = Executors.newFixedThreadPool(nodes.size());
        try {
            CompletableFuture.allOf(nodes.stream()
                            .map(node -> CompletableFuture.runAsync(node::empty, threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        } finally {
            threads.shutdownNow();
        }
    }

    @Override
    public void heal() {}
}
