package io.zonecache.cli.command;

import io.zonecache.cli.output.OutputException;
import io.zonecache.model.CacheException;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what went wrong: one line to standard error. */
public final class Failures {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    public static int onExecution(Exception failure, CommandLine command, ParseResult parsed) {
        if (failure instanceof ParameterException usage) {
            return onUsage(usage, parsed.originalArgs().toArray(String[]::new));
        }
        LOG.debug("failed", failure);
        if (failure instanceof OutputException output && output.readerHasGone()) {
            return ExitCodes.FAILED;
        }
        say(command, describe(failure));
        return ExitCodes.FAILED;
    }

    public static int onUsage(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        say(command, firstLine(String.valueOf(failure.getMessage())));
        UnmatchedArgumentException.printSuggestions(failure, command.getErr());
        command.getErr().println("Try '" + name + " --help'.");
        command.getErr().flush();
        return ExitCodes.USAGE;
    }

    /** A failure's own words; what was not foreseen is named as such, with its type. */
    static String describe(Throwable failure) {
        Throwable cause = cause(failure);
        boolean isClear = cause instanceof CommandException
                || cause instanceof OutputException
                || cause instanceof CacheException;
        String text = isClear ? String.valueOf(cause.getMessage()) : "unexpected failure: " + cause;
        return text.lines().map(String::strip).collect(Collectors.joining(" "));
    }

    /** The failure without the wrappers that futures put around it. */
    public static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static void say(CommandLine command, String line) {
        command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + line);
        command.getErr().flush();
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
