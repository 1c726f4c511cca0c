package io.zonecache;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** ARCHITECTURE.md's modules and borders, held against the classes of all modules. */
class ArchitectureTest {

    private static final String BASE = "io.zonecache.";

    /** Each module's package, and the modules that it may use. Deployment and chaos tests use what they like. */
    private static final Map<String, Set<String>> MODULES = Map.ofEntries(
            entry("model", Set.of()),
            entry("client.origin", Set.of("model")),
            entry("client.origin.s3", Set.of("model", "client.origin")),
            entry("storage", Set.of("model")),
            entry("membership", Set.of("model")),
            entry("client", Set.of("model", "client.origin")),
            entry("server", Set.of("model", "storage", "membership")),
            entry("testkit", Set.of("model", "client.origin")),
            entry("benchmarks", Set.of("model", "storage", "client", "client.origin", "client.origin.s3", "testkit")),
            entry("simulator", Set.of("model", "storage", "server", "client")),
            entry(
                    "cli",
                    Set.of(
                            "model",
                            "storage",
                            "membership",
                            "client",
                            "client.origin",
                            "client.origin.s3",
                            "server",
                            "testkit",
                            "simulator",
                            "benchmarks")));

    /** Packages of a module below that of another. */
    private static final Map<String, String> NESTED_PACKAGES = Map.of("client.origin.directory", "client");

    /** A library, and the only packages that may name it. */
    private static final Map<String, String[]> LIBRARIES = Map.ofEntries(
            entry("com.hazelcast..", packages("membership.hazelcast..")),
            entry("org.rocksdb..", packages("storage.rocksdb..")),
            entry("software.amazon.awssdk..", packages("client.origin.s3..", "testkit.s3..")),
            entry("org.junit..", packages("testkit.origin..")),
            entry("org.assertj..", packages("testkit.origin..")),
            entry("org.awaitility..", packages("testkit.origin..")),
            entry("com.backblaze..", packages("client.internal.code..")),
            entry("com.github.benmanes..", packages("client..", "simulator..")),
            entry("com.netflix..", packages("client.internal.limit..", "client.internal.fill..")),
            entry("org.gaul..", packages("testkit.s3..")),
            entry("info.picocli..", packages("server.command..", "cli..")),
            entry("org.openjdk.jmh..", packages("benchmarks..")),
            entry("io.lettuce..", packages("benchmarks.cluster.peer..")),
            entry("net.rubyeye..", packages("benchmarks.cluster.peer..")));

    /** Packages that do network I/O; the JSON of Vert.x counts as well, since it brings the rest along. */
    private static final String[] NETWORK_PACKAGES = packages(
            "client.internal.transport..",
            "server",
            "server.admin..",
            "server.fill..",
            "server.http..",
            "server.purge..",
            "server.stripes..",
            "server.view..",
            "testkit..",
            "benchmarks.cluster.peer..",
            "cli..");

    /** Stripes travel from disk to socket in Netty's reference-counted buffers; nothing else of Netty leaves the network. */
    private static final String[] BUFFER_PACKAGES = packages("storage..", "benchmarks.storage..");

    /** Class to the reason why it may block its thread in a sleep. */
    private static final Map<String, String> SLEEPERS = Map.of();

    /** Class to the reason why it may name packages that build on its own: it puts the parts together. */
    private static final Map<String, String> ASSEMBLERS = Map.of(
            BASE + "client.ClientParts", "what a cache consists of",
            BASE + "client.ClientPlatform", "what those parts run on",
            BASE + "client.ZoneCache", "the interface to what those parts do",
            BASE + "server.Main", "the program, where the image expects it",
            BASE + "storage.StripeStores", "a configuration to the store that it describes");

    /** Module outside of the client to the reason why it may name the client's internals. */
    private static final Map<String, String> INTERNAL_USERS =
            Map.of("benchmarks", "measures erasure codes without a zone around them");

    /** Class to the reason why it may name Vert.x outside of those packages. */
    private static final Map<String, String> EVENT_LOOP_OWNERS =
            Map.of(BASE + "client.ClientPlatform", "starts and closes the client's event loops with its other threads");

    /** Class to the reason why it may end the process, besides main classes. */
    private static final Map<String, String> ENDERS = Map.of(
            BASE + "server.command.ServeCommand", "a signal that was obeyed must end with its own exit code",
            BASE + "testkit.process.Tether", "a child must not outlive the process that started it");

    private static JavaClasses all = new ClassFileImporter().importClasses();

    @BeforeAll
    static void importMainClasses() {
        all = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("/jmh_generated/"))
                .importPackages(BASE.substring(0, BASE.length() - 1));
    }

    private static String[] packages(String... belowBase) {
        return Stream.of(belowBase).map(name -> BASE + name).toArray(String[]::new);
    }

    private static String module(String name) {
        return BASE + name + "..";
    }

    /** The classes of a list, those nested in them included. */
    private static DescribedPredicate<JavaClass> listed(Map<String, String> reasonsByClass) {
        return describe(
                "are listed", type -> reasonsByClass.containsKey(type.getName().replaceFirst("\\$.*", "")));
    }

    @Test
    void shouldKeepItsListsUpToDate() {
        for (Map<String, String> list : List.of(SLEEPERS, ASSEMBLERS, EVENT_LOOP_OWNERS, ENDERS)) {
            assertThat(list.keySet())
                    .allSatisfy(name -> assertThat(all.contain(name)).as(name).isTrue());
        }
    }

    @Test
    void shouldSeeTheClassesOfEveryModule() {
        for (String module : List.of(
                "model", "storage", "membership", "client", "client.origin.s3", "server", "testkit", "simulator")) {
            assertThat(all.stream().filter(resideInAnyPackage(module(module))))
                    .as(module)
                    .hasSizeGreaterThan(2);
        }
    }

    @Test
    void shouldPutEveryClassIntoTheBasePackageOfAModule() {
        classes()
                .should()
                .resideInAnyPackage(
                        MODULES.keySet().stream().map(ArchitectureTest::module).toArray(String[]::new))
                .check(all);
    }

    @TestFactory
    Stream<DynamicTest> shouldDependOnOtherModulesOnlyOneWay() {
        return MODULES.entrySet().stream()
                .map(entry -> dynamicTest(entry.getKey(), () -> {
                    Set<String> foreign = new TreeSet<>(MODULES.keySet());
                    foreign.remove(entry.getKey());
                    foreign.removeAll(entry.getValue());
                    noClasses()
                            .that(describe(
                                    "are of " + entry.getKey(),
                                    type -> moduleOf(type).equals(entry.getKey())))
                            .should()
                            .dependOnClassesThat(
                                    describe("are of one of " + foreign, type -> foreign.contains(moduleOf(type))))
                            .allowEmptyShould(true)
                            .check(all);
                }));
    }

    /** The module whose package is nearest above the class; empty for classes of others. */
    private static String moduleOf(JavaClass type) {
        String name = type.getPackageName();
        if (!(name + ".").startsWith(BASE)) {
            return "";
        }
        String below = name.length() < BASE.length() ? "" : name.substring(BASE.length());
        while (!MODULES.containsKey(NESTED_PACKAGES.getOrDefault(below, below)) && !below.isEmpty()) {
            below = below.substring(0, Math.max(0, below.lastIndexOf('.')));
        }
        return NESTED_PACKAGES.getOrDefault(below, below);
    }

    @Test
    void shouldKeepTheModelFreeOfAnyLibrary() {
        classes()
                .that()
                .resideInAPackage(module("model"))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(module("model"), "java..", "org.jspecify.annotations..")
                .check(all);
    }

    @TestFactory
    Stream<DynamicTest> shouldNameALibraryOnlyInItsPackages() {
        return LIBRARIES.entrySet().stream()
                .map(entry -> dynamicTest(
                        entry.getKey(),
                        () -> noClasses()
                                .that()
                                .resideOutsideOfPackages(entry.getValue())
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage(entry.getKey())
                                .check(all)));
    }

    @Test
    void shouldKeepTheClientsInternalsToTheClient() {
        String[] users = Stream.concat(Stream.of("client"), INTERNAL_USERS.keySet().stream())
                .map(ArchitectureTest::module)
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideOutsideOfPackages(users)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(BASE + "client.internal..")
                .check(all);
    }

    /** Internals may change in any release, so the public interface shows none of them. */
    @Test
    void shouldShowNoInternalsInTheClientsInterface() {
        DescribedPredicate<JavaClass> internal = resideInAnyPackage(packages("client.internal.."));
        methods()
                .that()
                .areDeclaredInClassesThat(resideInAnyPackage(packages("client", "client.file", "client.origin.."))
                        .and(describe("are public", type -> type.getModifiers().contains(JavaModifier.PUBLIC))))
                .and()
                .arePublic()
                .should()
                .notHaveRawReturnType(internal)
                .andShould()
                .notHaveRawParameterTypes(
                        describe("an internal type", types -> types.stream().anyMatch(internal)))
                .check(all);
    }

    @Test
    void shouldUseVertxOnlyForNetworking() {
        noClasses()
                .that(resideOutsideOfPackages(NETWORK_PACKAGES).and(not(listed(EVENT_LOOP_OWNERS))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.vertx..")
                .check(all);
    }

    @Test
    void shouldUseNettyOnlyForNetworkingAndItsBuffersInTheStore() {
        DescribedPredicate<JavaClass> outside =
                resideOutsideOfPackages(NETWORK_PACKAGES).and(resideOutsideOfPackages(BUFFER_PACKAGES));
        noClasses()
                .that(outside)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(all);
        noClasses()
                .that()
                .resideInAnyPackage(BUFFER_PACKAGES)
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.netty..")
                        .and(resideOutsideOfPackages("io.netty.buffer..", "io.netty.util..")))
                .check(all);
    }

    /** Of the client's classes: one calls the other back, by way of what it has handed out. */
    private static final Map<String, String> CLIENT_HANDLES =
            Map.of("RequestEvidence", "NodeTracker", "ChunkRequest", "ChunkRequests");

    /** A read, a fill and a write: what an operation is made of does not call it. */
    @Test
    void shouldHaveNoCyclesBetweenTheClientsClasses() {
        slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                        if (!javaClass.getPackageName().startsWith(BASE + "client.internal")) {
                            return SliceIdentifier.ignore();
                        }
                        String name = outermost(javaClass).getSimpleName();
                        return SliceIdentifier.of(javaClass.getPackageName(), CLIENT_HANDLES.getOrDefault(name, name));
                    }

                    @Override
                    public String getDescription() {
                        return "classes of the client";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(all);
    }

    private static JavaClass outermost(JavaClass javaClass) {
        return javaClass.getEnclosingClass().map(ArchitectureTest::outermost).orElse(javaClass);
    }

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        slices().matching(BASE + "(**)")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(listed(ASSEMBLERS), alwaysTrue())
                .check(all);
    }

    @Test
    void shouldMarkEveryPackageForNullness() {
        Set<String> unmarked = new TreeSet<>();
        for (JavaClass type : all) {
            JavaPackage home = type.getPackage();
            if (!home.isAnnotatedWith(NullMarked.class)) {
                unmarked.add(home.getName());
            }
        }
        assertThat(unmarked).as("packages without @NullMarked").isEmpty();
    }

    @Test
    void shouldPrintOnlyFromPrograms() {
        noClasses()
                .that(describe(
                        "are neither commands nor the main class of a program",
                        type -> !resideInAnyPackage(packages("cli..", "server.command.."))
                                        .test(type)
                                && !type.getSimpleName().endsWith("Main")))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .check(all);
    }

    @Test
    void shouldWriteToStandardOutputOnlyWhereFailuresAreSeen() {
        noClasses()
                .that(resideInAnyPackage(packages("cli..")).and(resideOutsideOfPackages(packages("cli.demo.worker.."))))
                .should()
                .accessField(System.class, "out")
                .check(all);
    }

    @Test
    void shouldSleepOnlyWhereThereIsAReason() {
        noClasses()
                .that(describe(
                        "have no agreed reason", type -> !listed(SLEEPERS).test(type)))
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .orShould()
                .callMethod(java.util.concurrent.TimeUnit.class, "sleep", long.class)
                .check(all);
    }

    @Test
    void shouldEndTheProcessOnlyFromPrograms() {
        noClasses()
                .that(describe(
                        "are neither the main class of a program nor listed",
                        type -> !type.getSimpleName().endsWith("Main")
                                && !listed(ENDERS).test(type)))
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(all);
    }
}
