package io.zonecache.cli.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code zonecache bench}. */
@Command(
        name = "bench",
        description = "Measures zonecache on this machine.",
        synopsisSubcommandLabel = "WHAT",
        subcommands = {
            StorageCommand.class,
            ClusterCommand.class,
            HerdCommand.class,
            RefillCommand.class,
            FaultsCommand.class,
            ClientsCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  zonecache bench storage",
            "  zonecache bench cluster",
            "  zonecache bench herd",
            "  zonecache bench refill",
            "  zonecache bench faults",
            "  zonecache bench clients --help",
            "",
            "Exit codes: 0 measured, whatever the figures are, 1 could not be run, 2 wrong usage."
        },
        mixinStandardHelpOptions = true)
public final class BenchCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Missing what to measure (expected: storage, cluster, herd, refill, faults or clients)");
    }
}
