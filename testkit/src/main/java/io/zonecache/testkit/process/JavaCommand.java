package io.zonecache.testkit.process;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A main class to run on this JVM's own java and, unless another is given, its class path. Not thread-safe. */
public final class JavaCommand {

    private static final int NATIVE_ACCESS_SINCE = 24;

    /** Names a file with loaded classes for the JVMs that are started; one that does not fit is passed over. */
    private static final String CLASS_ARCHIVE_PROPERTY = "zonecache.class-archive";

    private final String mainClass;
    private final List<String> jvmOptions = new ArrayList<>();
    private final List<String> arguments = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private String classPath = System.getProperty("java.class.path");
    private boolean tethered;
    private boolean ignoringInterrupts;

    private JavaCommand(String mainClass) {
        this.mainClass = mainClass;
    }

    public static JavaCommand of(Class<?> mainClass) {
        return of(mainClass.getName());
    }

    public static JavaCommand of(String mainClass) {
        return new JavaCommand(mainClass);
    }

    public JavaCommand jvm(String... options) {
        jvmOptions.addAll(List.of(options));
        return this;
    }

    /** Runs another build of the program, say. Relative entries are of this process's directory. */
    public JavaCommand classPath(String entries) {
        classPath = entries;
        return this;
    }

    public JavaCommand arguments(String... more) {
        arguments.addAll(List.of(more));
        return this;
    }

    public JavaCommand environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Ends it with this process, whatever happens. For main classes that don't look at their standard input. */
    public JavaCommand tethered() {
        tethered = true;
        return this;
    }

    /**
     * A Ctrl-C in the terminal goes to all processes there at once; this one leaves it to the process that started it, which then
     * ends it in good order.
     */
    public JavaCommand ignoringInterrupts() {
        ignoringInterrupts = true;
        return this;
    }

    ProcessBuilder toProcessBuilder(Path directory, Path tmp) {
        List<String> line = new ArrayList<>();
        if (ignoringInterrupts) {
            // What is ignored when a program begins stays ignored; Java leaves such signals alone.
            line.addAll(List.of("/bin/sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
        }
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        String archive = System.getProperty(CLASS_ARCHIVE_PROPERTY, "");
        if (!archive.isEmpty()) {
            line.addAll(List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto", "-Xlog:cds*=off"));
        }
        line.addAll(jvmOptions);
        if (Runtime.version().feature() >= NATIVE_ACCESS_SINCE) {
            line.add("--enable-native-access=ALL-UNNAMED");
        }
        // Nothing outside the directory, so that SIGKILL leaves nothing behind.
        line.add("-XX:-UsePerfData");
        line.add("-XX:ErrorFile=" + tmp.resolve("hs_err_%p.log"));
        line.add("-Djava.io.tmpdir=" + tmp);
        line.add("-cp");
        line.add(absoluteClassPath());
        if (tethered) {
            line.add(Tether.class.getName());
        }
        line.add(mainClass);
        line.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(line).directory(directory.toFile()).redirectErrorStream(false);
        // Java's own would print a notice to standard error, where tests look for one clear line.
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(environment);
        return builder;
    }

    /** The process works in a directory of its own. */
    private String absoluteClassPath() {
        return Arrays.stream(classPath.split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
