package io.zonecache.cli.command;

import io.zonecache.cli.output.OutputFile;
import io.zonecache.simulator.HitRatioPlot;
import io.zonecache.simulator.HitRatioTable;
import io.zonecache.simulator.PolicySimulator;
import io.zonecache.simulator.SimulationOptions;
import io.zonecache.simulator.SimulationResult;
import io.zonecache.simulator.Trace;
import io.zonecache.storage.eviction.HistoryBound;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zonecache simulate}: the store's own policies over a trace. */
@Command(
        name = "simulate",
        description = {
            "Tells how often a cache would hit on the accesses of TRACE: the node's own eviction code at any size.",
            "",
            "A key a line, any text; all keys count as equally large. `zonecache serve --access-log` writes such a trace. Time is"
                    + " counted in references. Several policies or capacities give a table as well, and curves with --plot."
        },
        footer = {
            "",
            "Examples:",
            "  zonecache simulate --policy lru-2 --capacity 60 pages.gz",
            "  zonecache simulate --policy lru,lru-2,w-tinylfu --capacity 100,200,400,800 --plot curves.svg pages.gz",
            "  zonecache simulate --capacity 1GiB,4GiB,16GiB --entry-bytes 128KiB --sample 1/16 access.log",
            "",
            "Exit codes: 0 done, 1 the trace could not be read or a file not be written, 2 wrong usage."
        },
        mixinStandardHelpOptions = true)
public final class SimulateCommand implements Callable<Integer> {

    @Parameters(paramLabel = "TRACE", description = "A file, gzipped or not; - is standard input.")
    private Path trace = Path.of("");

    @Mixin
    private SimulateOptions options = new SimulateOptions();

    @Option(
            names = "--plot",
            paramLabel = "FILE.svg",
            description =
                    "Draw the hit ratio over the capacity, a curve for each policy; - is standard output, where then nothing else goes.")
    private @Nullable String plot;

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** A policy at a capacity in the JSON. */
    record Ratio(String policy, String capacity, int entries, long references, long hits, double hitRatio) {

        static Ratio of(SimulationResult result, Map<Integer, String> labels) {
            return new Ratio(
                    result.policy(),
                    label(labels, result.capacity()),
                    result.capacity(),
                    result.references(),
                    result.hits(),
                    result.hitRatio());
        }
    }

    /** The JSON; what isn't bounded is null. */
    record SimulationFacts(
            String trace,
            int references,
            int keys,
            long warmUp,
            long correlated,
            @Nullable Integer historyPercent,
            @Nullable Long retained,
            List<Ratio> results) {}

    @Override
    public Integer call() {
        List<String> policies = options.policies();
        Map<Integer, String> labels = options.capacities();
        SimulationOptions simulation = options.simulation();
        OutputFile picture = picture();
        json.checkBeside(picture, "--plot");
        Trace references = read();
        options.checkWarmUp(references.references());
        List<SimulationResult> results = run(references, simulation, policies, labels, isSilent(picture));
        if (picture != null) {
            String title = "Hit ratio on " + trace.getFileName();
            picture.write(HitRatioPlot.svg(title, results, capacity -> label(labels, capacity)));
        }
        json.write(facts(references, simulation, results, labels));
        return ExitCodes.DONE;
    }

    private @Nullable OutputFile picture() {
        String name = plot;
        if (name == null) {
            return null;
        }
        OutputFile file = OutputFile.check(spec, "--plot", name);
        if (!file.isStandardOutput() && !name.endsWith(".svg")) {
            throw new ParameterException(
                    spec.commandLine(), "--plot: \"" + name + "\" (expected: a file whose name ends in .svg, or -)");
        }
        return file;
    }

    private boolean isSilent(@Nullable OutputFile picture) {
        return json.isStandardOutput() || (picture != null && picture.isStandardOutput());
    }

    private Trace read() {
        Input input = new Input("trace", trace);
        try (InputStream in = input.open()) {
            Trace read =
                    Trace.read(input.isStandardInput() ? "standard input" : String.valueOf(trace.getFileName()), in);
            if (read.references() == 0) {
                throw new CommandException("trace " + trace + ": empty (expected: a key a line)");
            }
            return read;
        } catch (IOException e) {
            throw input.failed(e, "a file of keys, a line each, gzipped or not");
        }
    }

    /** A line as soon as its result is there. */
    private List<SimulationResult> run(
            Trace references,
            SimulationOptions simulation,
            List<String> policies,
            Map<Integer, String> labels,
            boolean silent) {
        PolicySimulator simulator = new PolicySimulator(simulation);
        PrintWriter out = spec.commandLine().getOut();
        List<SimulationResult> results = new ArrayList<>();
        for (String policy : policies) {
            for (int capacity : labels.keySet()) {
                SimulationResult result = simulator.run(references, policy, capacity);
                results.add(result);
                if (!silent) {
                    out.println(result.toString(label(labels, capacity)));
                    out.flush();
                }
            }
        }
        if (!silent && results.size() > 1) {
            out.println();
            HitRatioTable.lines(results, capacity -> label(labels, capacity)).forEach(out::println);
            out.flush();
        }
        return results;
    }

    private SimulationFacts facts(
            Trace references,
            SimulationOptions simulation,
            List<SimulationResult> results,
            Map<Integer, String> labels) {
        HistoryBound history = simulation.history();
        return new SimulationFacts(
                trace.toString(),
                references.references(),
                references.keys(),
                simulation.warmUp(),
                simulation.correlated(),
                history.percent() == HistoryBound.UNLIMITED_PERCENT ? null : history.percent(),
                history.retainedPeriod() == HistoryBound.FOREVER ? null : history.retainedPeriod(),
                results.stream().map(result -> Ratio.of(result, labels)).toList());
    }

    private static String label(Map<Integer, String> labels, int capacity) {
        return labels.getOrDefault(capacity, Integer.toString(capacity));
    }
}
