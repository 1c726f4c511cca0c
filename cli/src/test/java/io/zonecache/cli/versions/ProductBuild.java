package io.zonecache.cli.versions;

import io.zonecache.testkit.process.JavaCommand;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A build of the product.
 *
 * @param name in reports
 * @param classPath of its {@code zonecache} command
 */
record ProductBuild(String name, String classPath) {

    /** Names the class path of the other build's command, as {@code dev/mixed-versions} makes it. */
    private static final String OTHER_CLASS_PATH = "zonecache.test.other-class-path";

    static ProductBuild current() {
        return new ProductBuild("current", System.getProperty("java.class.path"));
    }

    /** @throws IllegalStateException if none is named, or a file of it is missing */
    static ProductBuild other() {
        String classPath = System.getProperty(OTHER_CLASS_PATH, "");
        if (!classPath.contains("zonecache-cli")) {
            throw new IllegalStateException(OTHER_CLASS_PATH + ": \"" + classPath
                    + "\" (expected: the class path of another build's zonecache command; dev/mixed-versions sets it)");
        }
        Arrays.stream(classPath.split(File.pathSeparator, -1))
                .filter(entry -> !Files.exists(Path.of(entry)))
                .findFirst()
                .ifPresent(missing -> {
                    throw new IllegalStateException(OTHER_CLASS_PATH + ": " + missing + " does not exist");
                });
        return new ProductBuild("other", classPath);
    }

    /** Its {@code zonecache} command. */
    JavaCommand command() {
        return JavaCommand.of("io.zonecache.cli.Main")
                .classPath(classPath)
                .jvm("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    }

    /** A main class of this module's tests on this build's classes: what both builds have of the public API. */
    JavaCommand withTestClass(Class<?> main) {
        Path testClasses =
                Path.of(main.getProtectionDomain().getCodeSource().getLocation().getPath());
        return JavaCommand.of(main)
                .classPath(classPath + File.pathSeparator + testClasses)
                .jvm("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                .jvm("-Dlogback.configurationFile=io/zonecache/testkit/s3/logback-warn.xml");
    }

    @Override
    public String toString() {
        return name;
    }
}
