package io.zonecache.helm;

import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** The chart in this module, rendered as release {@code cache} in namespace {@code search}. */
final class Chart {

    static final String RELEASE = "cache";
    static final String NAMESPACE = "search";

    /** Annotations of hooks as they stand in {@link #WITH_HOOKS}. */
    static final String HOOK = "hook.test/";

    static final Path DIRECTORY = Path.of("zonecache").toAbsolutePath();

    /** helm-java leaves hooks out of what it renders, unlike {@code helm template}; in this copy they are objects as any other. */
    private static final Path WITH_HOOKS = copy(DIRECTORY);

    private static final Path VALUE_SETS = Path.of("src/test/resources/values").toAbsolutePath();

    private static final Map<String, Rendered> RENDERED = new ConcurrentHashMap<>();

    private Chart() {}

    /** The file of a value set. */
    static Path values(String valueSet) {
        return VALUE_SETS.resolve(valueSet);
    }

    static LintResult lint() {
        return new Helm(DIRECTORY).lint().strict().call();
    }

    static List<String> valueSets() {
        try (var files = Files.list(VALUE_SETS)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Rendered once for all tests, which only look. */
    static Rendered render(String valueSet) {
        return RENDERED.computeIfAbsent(valueSet, set -> render(set, Map.of()));
    }

    static Rendered render(String valueSet, Map<String, ?> overrides) {
        return new Rendered(StrictKubernetes.parse(template(valueSet, overrides)));
    }

    static Rendered render(String valueSet, FakeCluster cluster) {
        return render(valueSet, Map.of(), cluster);
    }

    static Rendered render(String valueSet, Map<String, ?> overrides, FakeCluster cluster) {
        return new Rendered(
                StrictKubernetes.parse(template(WITH_HOOKS, valueSet, overrides, cluster, KubernetesSchema.OLDEST)));
    }

    /** As that version of Kubernetes gets it. */
    static Rendered render(String valueSet, KubernetesSchema kubernetes) {
        try (FakeCluster empty = new FakeCluster()) {
            return new Rendered(StrictKubernetes.parse(template(WITH_HOOKS, valueSet, Map.of(), empty, kubernetes)));
        }
    }

    /** By a chart whose files are the same but for this. */
    static Rendered renderWith(String file, String from, String to, String valueSet) {
        try (FakeCluster empty = new FakeCluster()) {
            Path changed = copy(WITH_HOOKS);
            Path target = changed.resolve(file);
            String text = Files.readString(target);
            if (!text.contains(from)) {
                throw new IllegalArgumentException(file + ": no \"" + from + "\" in it");
            }
            Files.writeString(target, text.replace(from, to));
            return new Rendered(
                    StrictKubernetes.parse(template(changed, valueSet, Map.of(), empty, KubernetesSchema.OLDEST)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws IllegalStateException with Helm's message if it refuses the values */
    static String template(String valueSet, Map<String, ?> overrides) {
        try (FakeCluster empty = new FakeCluster()) {
            return template(WITH_HOOKS, valueSet, overrides, empty, KubernetesSchema.OLDEST);
        }
    }

    /** As helm-java has it, without hooks. */
    static Rendered renderWithoutHooks(String valueSet) {
        try (FakeCluster empty = new FakeCluster()) {
            return new Rendered(
                    StrictKubernetes.parse(template(DIRECTORY, valueSet, Map.of(), empty, KubernetesSchema.OLDEST)));
        }
    }

    private static String template(
            Path chart, String valueSet, Map<String, ?> overrides, FakeCluster cluster, KubernetesSchema kubernetes) {
        cluster.announce();
        TemplateCommand template = new Helm(chart)
                .template()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion(kubernetes.version())
                .withValuesFile(values(valueSet));
        overrides.forEach(template::set);
        return template.call();
    }

    /** One template, where there is no cluster to ask. Helm-java hands out no more than the notes then, so they are made of it. */
    static Rendered renderWithoutCluster(String template, String valueSet) {
        try {
            Path changed = copy(WITH_HOOKS);
            Files.writeString(
                    changed.resolve("templates/NOTES.txt"),
                    "{{ include (print $.Template.BasePath \"/" + template + "\") . }}");
            return new Rendered(StrictKubernetes.parse(notes(changed, valueSet, Map.of())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What Helm tells who has installed the chart. */
    static String notes(String valueSet, Map<String, ?> overrides) {
        return notes(DIRECTORY, valueSet, overrides);
    }

    private static String notes(Path chart, String valueSet, Map<String, ?> overrides) {
        InstallCommand install = new Helm(chart)
                .install()
                .clientOnly()
                .dryRun()
                .withDryRunOption(DryRun.CLIENT)
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion(KubernetesSchema.OLDEST.version())
                .withValuesFile(values(valueSet));
        overrides.forEach(install::set);
        String output = install.call().getOutput();
        String heading = "NOTES:\n";
        return output.substring(output.indexOf(heading) + heading.length());
    }

    static String file(String name) {
        try {
            return Files.readString(DIRECTORY.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With hooks as objects. */
    private static Path copy(Path chart) {
        try (var files = Files.walk(chart)) {
            Path copy = Files.createTempDirectory("chart");
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(chart.relativize(file).toString());
                Files.createDirectories(Objects.requireNonNull(target.getParent()));
                Files.writeString(target, Files.readString(file).replace("helm.sh/hook", HOOK + "hook"));
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What one rendering holds. */
    record Rendered(List<HasMetadata> objects) {

        <T extends HasMetadata> List<T> all(Class<T> kind) {
            return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
        }

        /** The container of the image, among others that users add. */
        static Container node(StatefulSet set) {
            List<Container> nodes = set.getSpec().getTemplate().getSpec().getContainers().stream()
                    .filter(container -> container.getName().equals("node"))
                    .toList();
            if (nodes.size() != 1) {
                throw new AssertionError(nodes.size() + " containers are named node (expected: one)");
            }
            return nodes.get(0);
        }

        <T extends HasMetadata> T named(Class<T> kind, String name) {
            return all(kind).stream()
                    .filter(object -> object.getMetadata().getName().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(kind.getSimpleName() + " " + name + " is not rendered"));
        }
    }
}
