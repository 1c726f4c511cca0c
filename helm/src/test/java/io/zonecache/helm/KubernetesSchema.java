package io.zonecache.helm;

import com.google.gson.annotations.SerializedName;
import io.swagger.annotations.ApiModelProperty;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The schema of one version of Kubernetes, as the model classes of its own Java client have it, which are generated from it: the fields of each
 * object, their types, and which must be there. The pom puts the client of each version into the build's directory.
 */
final class KubernetesSchema {

    /** As Chart.yaml says. */
    static final KubernetesSchema OLDEST = new KubernetesSchema("1.27.0", "oldest.jar");

    static final KubernetesSchema NEWEST = new KubernetesSchema("1.36.0", "newest.jar");

    private static final String MODELS = "io.kubernetes.client.openapi.models.";
    private static final Pattern QUANTITY = Pattern.compile("[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?");

    private final String version;
    private final URLClassLoader classes;
    private final Map<Class<?>, Model> models = new ConcurrentHashMap<>();

    private KubernetesSchema(String version, String jar) {
        this.version = version;
        Path path = Path.of("target/kubernetes-models", jar);
        if (!Files.isRegularFile(path)) {
            throw new IllegalStateException(
                    path.toAbsolutePath() + " is missing (expected: a build by Maven, which copies it)");
        }
        try {
            this.classes =
                    new URLClassLoader(new URL[] {path.toUri().toURL()}, KubernetesSchema.class.getClassLoader());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Such as {@code 1.27.0}. */
    String version() {
        return version;
    }

    static List<KubernetesSchema> all() {
        return List.of(OLDEST, NEWEST);
    }

    @Override
    public String toString() {
        return "Kubernetes " + version;
    }

    /** What of the object this version of Kubernetes would not take, each with its path. */
    List<String> faults(JsonNode object) {
        String kind = object.path("kind").asString("");
        String group = object.path("apiVersion").asString("");
        // v1, apps/v1 and the like: one kind of each name is all that the chart has.
        String name = MODELS + "V1" + kind;
        List<String> faults = new ArrayList<>();
        try {
            check(kind, object, classes.loadClass(name), faults);
        } catch (ClassNotFoundException e) {
            faults.add(group + " " + kind + ": no such kind in Kubernetes " + version);
        }
        return faults;
    }

    private void check(String path, JsonNode value, Type type, List<String> faults) {
        if (type instanceof ParameterizedType generic) {
            checkCollection(path, value, generic, faults);
            return;
        }
        Class<?> expected = (Class<?>) type;
        if (expected.getName().startsWith(MODELS)) {
            checkModel(path, value, expected, faults);
        } else if (!isScalar(value, expected)) {
            faults.add(path + ": " + value + " (expected: " + expected.getSimpleName() + ")");
        }
    }

    private void checkCollection(String path, JsonNode value, ParameterizedType type, List<String> faults) {
        boolean list = Collection.class.isAssignableFrom((Class<?>) type.getRawType());
        if (list ? !value.isArray() : !value.isObject()) {
            faults.add(path + ": " + value + " (expected: " + (list ? "a list" : "an object") + ")");
            return;
        }
        Type[] arguments = type.getActualTypeArguments();
        Type element = arguments[arguments.length - 1];
        if (list) {
            for (int index = 0; index < value.size(); index++) {
                check(path + '[' + index + ']', value.get(index), element, faults);
            }
        } else {
            value.properties().forEach(field -> check(path + '.' + field.getKey(), field.getValue(), element, faults));
        }
    }

    private void checkModel(String path, JsonNode value, Class<?> type, List<String> faults) {
        if (!value.isObject()) {
            faults.add(path + ": " + value + " (expected: an object)");
            return;
        }
        Model model = models.computeIfAbsent(type, Model::of);
        model.required().stream()
                .filter(field -> !value.has(field))
                .forEach(field -> faults.add(path + '.' + field + ": missing in Kubernetes " + version));
        value.properties().forEach(field -> {
            Type fieldType = model.fields().get(field.getKey());
            String fieldPath = path + '.' + field.getKey();
            if (fieldType == null) {
                faults.add(fieldPath + ": unknown to Kubernetes " + version);
            } else {
                check(fieldPath, field.getValue(), fieldType, faults);
            }
        });
    }

    private static boolean isScalar(JsonNode value, Class<?> type) {
        return switch (type.getSimpleName()) {
            case "String", "OffsetDateTime", "byte[]" -> value.isString();
            case "Boolean" -> value.isBoolean();
            case "Integer", "Long" -> value.isIntegralNumber();
            case "IntOrString" -> value.isIntegralNumber() || value.isString();
            case "Quantity" ->
                value.isIntegralNumber() || QUANTITY.matcher(value.asString("")).matches();
            default -> throw new IllegalStateException(type + ": a type of the models that is not known here");
        };
    }

    /** The fields of one class, and which of them an object must have; clients of different versions say the latter in different ways. */
    private record Model(Map<String, Type> fields, Set<String> required) {

        static Model of(Class<?> type) {
            Map<String, Type> fields = new TreeMap<>();
            Set<String> required = new HashSet<>();
            for (Field field : type.getDeclaredFields()) {
                SerializedName name = field.getAnnotation(SerializedName.class);
                if (name != null) {
                    fields.put(name.value(), field.getGenericType());
                    getter(type, field.getName())
                            .map(method -> method.getAnnotation(ApiModelProperty.class))
                            .filter(property -> property != null && property.required())
                            .findFirst()
                            .ifPresent(property -> required.add(name.value()));
                }
                if (field.getName().equals("openapiRequiredFields")) {
                    required.addAll(names(field));
                }
            }
            return new Model(fields, required);
        }

        private static Stream<Method> getter(Class<?> type, String field) {
            return Arrays.stream(type.getMethods())
                    .filter(method -> method.getName().equalsIgnoreCase("get" + field));
        }

        private static Set<String> names(Field field) {
            try {
                Set<String> names = new HashSet<>();
                ((Set<?>) field.get(null)).forEach(name -> names.add(String.valueOf(name)));
                return names;
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(field + ": not public", e);
            }
        }
    }
}
