package io.zonecache.cli.demo;

import io.zonecache.cli.command.ExitCodes;
import io.zonecache.cli.command.JsonOption;
import io.zonecache.cli.terminal.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zonecache demo}. */
@Command(
        name = "demo",
        description = {
            "Shows a whole zone at work on this machine, and judges it.",
            "",
            "Starts six nodes, an S3 server that answers as slowly as the real one, and four workers that read the chunks of FILE,"
                    + " 16 at a time each. Then, phase by phase: reads with an empty zone (cold), a full one (warm), with a node frozen,"
                    + " killed and back, and with all nodes emptied at once. Every byte read is checked; the S3 server counts"
                    + " what reaches it. Ends by itself in about three minutes and leaves nothing behind; needs some 4 GiB of memory."
        },
        footer = {
            "",
            "Examples:",
            "  zonecache demo",
            "  zonecache demo --json out.json",
            "  zonecache demo video.mp4 image.tar",
            "",
            "Exit codes: 0 all promises held, 1 one did not or the demo could not be run, 2 wrong usage."
        },
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description = "What to read; the first 256 MiB of all count. Default: the running JDK's lib/modules.")
    private List<Path> files = List.of();

    @Option(
            names = "--reads",
            hidden = true,
            paramLabel = "N",
            description = "At least so many reads in every phase but cold.")
    private long reads = DemoPlan.standard().readsPerPhase();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        json.check();
        DemoReport report;
        try {
            DemoInput input = DemoInput.cut(files.isEmpty() ? List.of(DemoInput.defaultFile()) : files);
            if (input.truncated()) {
                err.printf(Locale.ROOT, "Only the first %d MiB are read.%n", DemoInput.MAX_BYTES >> 20);
            }
            report = new Demo(DemoPlan.standard().withReadsPerPhase(reads), Progress.onStandardError()).run(input);
        } catch (DemoException e) {
            err.println("zonecache demo: " + e.getMessage());
            return ExitCodes.FAILED;
        }
        Findings findings = Findings.of(report);
        PrintWriter human = json.isStandardOutput() ? err : out;
        human.println();
        human.print(report.table());
        human.println();
        findings.words().forEach(human::println);
        report.phases().forEach(phase -> phase.errors().forEach(error -> human.println(phase.name() + ": " + error)));
        findings.broken().forEach(broken -> human.println("NOT as promised: " + broken));
        human.flush();
        json.write(report);
        return findings.broken().isEmpty() ? ExitCodes.DONE : ExitCodes.FAILED;
    }
}
