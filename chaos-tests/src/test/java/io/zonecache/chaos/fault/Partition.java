package io.zonecache.chaos.fault;

import io.zonecache.chaos.zone.NodeContainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Nodes of one side hear nothing of the other's; unless it is one way, nor the other way round. Workers reach all. Rules of the packet filter
 * in the nodes' network namespaces, which root sets from outside; they go with a node that is restarted.
 *
 * @param deaf side that hears nothing
 */
public record Partition(List<NodeContainer> deaf, List<NodeContainer> others, boolean isOneWay) implements Fault {

    private static final long COMMAND_SECONDS = 20;

    public Partition {
        deaf = List.copyOf(deaf);
        others = List.copyOf(others);
    }

    /** Whether this process may do that here. */
    public static boolean isPossible() {
        return "root".equals(System.getProperty("user.name"))
                && Stream.of("/usr/bin/nsenter", "/usr/sbin/iptables")
                        .map(Path::of)
                        .allMatch(Files::isExecutable);
    }

    @Override
    public String describe() {
        return "partition " + ids(deaf) + (isOneWay ? " hear nothing of " : " from ") + ids(others);
    }

    @Override
    public void inject() {
        deafen(deaf, others);
        if (!isOneWay) {
            deafen(others, deaf);
        }
    }

    @Override
    public void heal() {
        for (NodeContainer node : deaf) {
            filter(node, "--flush", "INPUT");
        }
        for (NodeContainer node : others) {
            filter(node, "--flush", "INPUT");
        }
    }

    private static void deafen(List<NodeContainer> nodes, List<NodeContainer> towards) {
        for (NodeContainer node : nodes) {
            for (NodeContainer other : towards) {
                String address = Objects.requireNonNull(other.host(), "address of " + other.id());
                filter(node, "--append", "INPUT", "--source", address, "--jump", "DROP");
            }
        }
    }

    private static void filter(NodeContainer node, String... rule) {
        if (node.pid() == 0) {
            return;
        }
        List<String> command = new ArrayList<>(
                List.of("nsenter", "--target", Long.toString(node.pid()), "--net", "iptables", "--wait"));
        command.addAll(List.of(rule));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said.strip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static String ids(List<NodeContainer> nodes) {
        return nodes.stream().map(NodeContainer::id).collect(Collectors.joining(" "));
    }
}
