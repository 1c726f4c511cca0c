package io.zonecache.testkit.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Children for tests. This one says where it lives, answers every line, and ends on "bye". */
public final class Echo {

    private Echo() {}

    public static void main(String[] args) throws IOException {
        System.out.println("ready " + String.join(",", args) + " " + System.getProperty("java.io.tmpdir"));
        Files.createTempFile("left", "behind");
        Files.writeString(Path.of("work"), "left behind");
        System.err.println("to the error stream");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null && !line.equals("bye"); line = in.readLine()) {
            System.out.println("echo " + line);
        }
        System.exit(3);
    }

    /** Lives until it is killed, and does not look at its input. */
    public static final class Deaf {

        private Deaf() {}

        public static void main(String[] args) throws InterruptedException {
            System.out.println("ready");
            new CountDownLatch(1).await();
        }
    }

    /** Has a workspace with a child of its own. */
    public static final class Parent {

        private Parent() {}

        public static void main(String[] args) throws InterruptedException {
            Workspace workspace = Workspace.create("grandchild");
            ManagedProcess child =
                    workspace.start("deaf", JavaCommand.of(Deaf.class).tethered());
            child.awaitLine(line -> line.equals("ready"), WorkspaceTest.TIMEOUT);
            System.out.println("root " + workspace.root());
            System.out.println("child " + child.pid());
            new CountDownLatch(1).await();
        }
    }
}
