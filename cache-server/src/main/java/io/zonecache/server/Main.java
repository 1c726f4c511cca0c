package io.zonecache.server;

import io.zonecache.server.command.ServeCommand;
import io.zonecache.server.command.StoreCommand;
import java.util.Arrays;
import picocli.CommandLine;

/** The node's own main class: the options of {@code serve}, without the word, or {@code store} and what follows. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        boolean isStore = args.length > 0 && args[0].equals("store");
        System.exit(
                isStore
                        ? new CommandLine(new StoreCommand()).execute(Arrays.copyOfRange(args, 1, args.length))
                        : new CommandLine(new ServeCommand()).execute(args));
    }
}
