package io.zonecache.testkit.process;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;

/**
 * Runs a main class that does not read its standard input, and ends this process when that input ends: when the process that
 * started it is gone, even by SIGKILL.
 */
final class Tether {

    private static final int PARENT_GONE = 99;

    private Tether() {}

    /** The main class's name, then its arguments. */
    public static void main(String[] args) throws Throwable {
        InputStream tether = System.in;
        Thread watch = new Thread(() -> awaitEnd(tether), "tether");
        watch.setDaemon(true);
        watch.start();
        Class<?> main = Class.forName(args[0]);
        MethodHandles.publicLookup()
                .findStatic(main, "main", MethodType.methodType(void.class, String[].class))
                .invoke(Arrays.copyOfRange(args, 1, args.length));
    }

    private static void awaitEnd(InputStream tether) {
        try {
            while (tether.read() >= 0) {
                // Nothing is said on this channel; only its end means something.
            }
        } catch (IOException e) {
            // The end too.
        }
        Runtime.getRuntime().halt(PARENT_GONE);
    }
}
