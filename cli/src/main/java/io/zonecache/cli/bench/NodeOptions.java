package io.zonecache.cli.bench;

import io.zonecache.cli.command.NodeJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the nodes are run that a bench starts. */
final class NodeOptions {

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description =
                    "Where data goes, in a directory of its own that is removed. Default: the temporary directory.")
    private @Nullable Path dataDir;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "What a node may take in memory. Default: ${DEFAULT-VALUE}.")
    private String memory = "256MiB";

    @Option(
            names = "--node-jvm",
            paramLabel = "OPTION",
            description =
                    "One more option for a node's JVM, such as another collector, which then replaces the usual one.")
    private List<String> nodeJvm = List.of();

    Path directory() {
        return dataDir == null ? Path.of(System.getProperty("java.io.tmpdir")) : dataDir;
    }

    String memory() {
        return memory;
    }

    List<String> jvmOptions() {
        List<String> options = new ArrayList<>();
        boolean otherCollector = nodeJvm.stream().anyMatch(NodeOptions::isCollector);
        for (String option : NodeJvm.options(memory)) {
            if (!otherCollector || !isCollector(option)) {
                options.add(option);
            }
        }
        options.addAll(nodeJvm);
        return options;
    }

    private static boolean isCollector(String option) {
        return option.matches("-XX:\\+Use\\w+GC");
    }
}
