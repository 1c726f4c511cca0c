package io.zonecache.server.command;

import io.zonecache.model.CacheException;
import io.zonecache.storage.StripeStores;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Work on the store of a node that is not running. */
@Command(
        name = "store",
        description = "Works on the store of a node that is not running.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
public final class StoreCommand implements Runnable {

    private static final int DONE = 0;
    private static final int FAILED = 1;

    private final Supplier<@Nullable String> answer;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public StoreCommand() {
        this(StoreCommand::ask);
    }

    /** @param answer to the question whether to go on; null if there is none */
    StoreCommand(Supplier<@Nullable String> answer) {
        this.answer = answer;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /** Exit codes: 0 discarded, 1 not, 2 wrong usage. */
    @Command(
            name = "discard",
            mixinStandardHelpOptions = true,
            description = {
                "Gives up every stripe of a node, so that it starts with an empty store.",
                "",
                "For a disk from which the node can't read its store any more, now that it is written again: a node that finds"
                        + " its store unreadable doesn't start, and leaves everything as it is. What the node is, its admin token and"
                        + " what was purged are kept. The zone fills the node again."
            })
    int discard(
            @Parameters(
                            paramLabel = "DATA_DIR",
                            description = "The node's data directory, as its setting data-dir names it.")
                    Path dataDirectory,
            @Option(names = "--yes", description = "Don't ask.") boolean yes) {
        Path store = dataDirectory.resolve("store");
        if (!Files.isDirectory(store)) {
            return fail(store + ": no such directory (expected: a node's data directory, which has a store)");
        }
        if (!yes && !isConfirmed(store)) {
            return FAILED;
        }
        try {
            Path left = StripeStores.discard(store);
            PrintWriter out = spec.commandLine().getOut();
            out.println("Discarded " + store + "; the node starts with an empty store.");
            if (left != null) {
                out.println("Some files can't be deleted and are left in " + left + ".");
            }
            out.flush();
            return DONE;
        } catch (CacheException e) {
            return fail(e.detail());
        }
    }

    private boolean isConfirmed(Path store) {
        PrintWriter err = spec.commandLine().getErr();
        err.print("Every stripe in " + store + " will be deleted. Go on? [y/N] ");
        err.flush();
        String said = answer.get();
        if (said == null) {
            err.println();
            fail("no answer (expected: y or n, or --yes)");
            return false;
        }
        boolean confirmed = said.strip().toLowerCase(Locale.ROOT).matches("y|yes");
        if (!confirmed) {
            fail("nothing is discarded");
        }
        return confirmed;
    }

    private int fail(String message) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("zonecache store discard: " + message);
        err.flush();
        return FAILED;
    }

    private static @Nullable String ask() {
        try {
            // Not closed: it is the process's.
            return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        } catch (IOException e) {
            return null;
        }
    }
}
