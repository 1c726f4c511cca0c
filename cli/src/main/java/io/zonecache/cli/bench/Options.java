package io.zonecache.cli.bench;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What options may be. */
final class Options {

    private Options() {}

    /** @throws ParameterException unless 1..most */
    static void check(CommandSpec spec, String option, int value, int most) {
        check(spec, option, value, 1, most);
    }

    /** @throws ParameterException unless least..most */
    static void check(CommandSpec spec, String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(), option + ": " + value + " (expected: " + least + ".." + most + ")");
        }
    }
}
