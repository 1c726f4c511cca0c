package io.zonecache.cli.command;

import io.zonecache.model.IoReasons;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The JVM's options for a node that a command starts: the same script gives them to every other node. */
public final class NodeJvm {

    /** Set by the launcher. */
    private static final String SCRIPT_PROPERTY = "zonecache.jvm-options";

    private NodeJvm() {}

    /** @param memory as in {@code serve --memory} @throws CommandException if the script is not there */
    public static String[] options(String memory) {
        String script = System.getProperty(SCRIPT_PROPERTY);
        if (script == null) {
            throw new CommandException(
                    "property " + SCRIPT_PROPERTY + ": not set (expected: to be started by ./zonecache)");
        }
        try {
            Process process = new ProcessBuilder(
                            "/bin/sh",
                            script,
                            memory,
                            Integer.toString(Runtime.version().feature()))
                    .start();
            String options = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String error = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new CommandException((error.startsWith("memory: ") ? "--" : script + ": ") + error.strip());
            }
            return options.strip().split("\\s+");
        } catch (IOException e) {
            throw new CommandException(script + ": " + IoReasons.of(e) + " (expected: a script that /bin/sh runs)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(script + ": interrupted");
        }
    }
}
