package io.zonecache.cli;

import io.zonecache.cli.bench.BenchCommand;
import io.zonecache.cli.command.Failures;
import io.zonecache.cli.command.GetCommand;
import io.zonecache.cli.command.PutCommand;
import io.zonecache.cli.command.SimulateCommand;
import io.zonecache.cli.command.StatusCommand;
import io.zonecache.cli.command.WarmCommand;
import io.zonecache.cli.demo.DemoCommand;
import io.zonecache.cli.output.OutputException;
import io.zonecache.cli.output.StandardOutput;
import io.zonecache.server.command.ServeCommand;
import io.zonecache.server.command.StoreCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/** The {@code zonecache} command. */
@Command(
        name = "zonecache",
        description = {
            "The shared chunk cache of one availability zone.",
            "",
            "Workers read immutable chunks through a zone of nodes that stand in front of an object store. Try it with"
                    + " `zonecache demo`; run a node with `zonecache serve`; look at a zone with `zonecache status`."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            StoreCommand.class,
            PutCommand.class,
            GetCommand.class,
            WarmCommand.class,
            StatusCommand.class,
            SimulateCommand.class,
            BenchCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "`zonecache COMMAND --help` tells more, with examples.",
            "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration. Output that can't be written is a failure; where a"
                    + " pipe's reader has gone, as `head` does, nothing is said of it."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class Main implements Runnable {

    private static final String QUIET_LOGGING = "io/zonecache/cli/logback-quiet.xml";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Only {@code serve} is a service with a log; the others' words are their output. */
    public static void main(String[] args) {
        if (args.length == 0 || !args[0].equals("serve")) {
            System.setProperty(
                    "logback.configurationFile", System.getProperty("logback.configurationFile", QUIET_LOGGING));
        }
        System.exit(commandLine(new FileOutputStream(FileDescriptor.out)).execute(args));
    }

    /** Also for tests: runs without ending the JVM. */
    static CommandLine commandLine(OutputStream standardOutput) {
        return new CommandLine(new Main())
                .setOut(new StandardOutput(standardOutput))
                .setExecutionStrategy(Main::run)
                .setExecutionExceptionHandler(Failures::onExecution)
                .setParameterExceptionHandler(Failures::onUsage)
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    /** Success is all of the output written, also where that is help. */
    private static int run(ParseResult parsed) {
        CommandLine command = parsed.commandSpec().commandLine();
        try {
            int exitCode = new RunLast().execute(parsed);
            command.getOut().flush();
            return exitCode;
        } catch (OutputException e) {
            return Failures.onExecution(e, command, parsed);
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }
}
