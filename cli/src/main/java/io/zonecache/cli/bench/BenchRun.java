package io.zonecache.cli.bench;

import io.zonecache.benchmarks.report.BenchListener;
import io.zonecache.benchmarks.report.Row;
import io.zonecache.cli.command.CommandException;
import io.zonecache.cli.command.ExitCodes;
import io.zonecache.cli.command.JsonOption;
import io.zonecache.cli.terminal.Progress;
import io.zonecache.model.IoReasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** What all benches do as commands: show how far they are, then what they found and on what. */
record BenchRun(CommandSpec spec, JsonOption json, NodeOptions node) {

    interface Bench {

        List<Row> run(BenchListener steps) throws IOException;
    }

    /** @return the exit code. @throws CommandException if it could not be run */
    int of(Bench bench) {
        json.check();
        // Before the run, whose own load is not the machine's.
        Machine machine = Machine.now(node.jvmOptions(), node.memory());
        new BenchReport(machine, measure(bench)).write(spec, json);
        return ExitCodes.DONE;
    }

    private List<Row> measure(Bench bench) {
        Path directory = node.directory();
        Progress progress = Progress.onStandardError();
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new CommandException("--data-dir " + directory + ": " + IoReasons.of(e)
                    + " (expected: a directory that can be written)");
        }
        try {
            return bench.run(new BenchSteps(progress));
        } catch (IOException e) {
            throw new CommandException(
                    "measuring below " + directory + ": " + IoReasons.of(e) + " (expected: figures)");
        } catch (IllegalStateException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        } finally {
            progress.clear();
        }
    }
}
