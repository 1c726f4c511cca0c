package io.zonecache.server;

import io.zonecache.server.command.ServeCommand;
import picocli.CommandLine;

/** The node's own main class: the options of {@code serve}, without the word. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new ServeCommand()).execute(args));
    }
}
