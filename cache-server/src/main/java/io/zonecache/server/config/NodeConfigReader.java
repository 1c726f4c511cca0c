package io.zonecache.server.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.zonecache.model.IoReasons;
import io.zonecache.server.config.FormerNames.FormerName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * Merges what the image, a file, the environment and flags say (call the methods in that order: a later one wins) and checks it whole.
 */
public final class NodeConfigReader {

    /** What somebody may have put in place of a file's name must not end in a log. */
    private static final Pattern SECRET = Pattern.compile(".*(secret|token|password|credential).*");

    private final FormerNames formerNames;
    private final Map<Setting, Value> values = new EnumMap<>(Setting.class);
    private final List<ConfigError> errors = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private long descriptorLimit = DescriptorBudget.ofProcess();

    public NodeConfigReader() {
        this(FormerNames.ALL);
    }

    public NodeConfigReader(FormerNames formerNames) {
        this.formerNames = formerNames;
    }

    /** Another limit of descriptors than this process has. */
    NodeConfigReader withDescriptorLimit(long limit) {
        descriptorLimit = limit;
        return this;
    }

    /** Defaults of where the node runs, such as an image, by the keys of a file. */
    public NodeConfigReader withImageDefaults(Map<String, String> settings) {
        settings.forEach((key, value) -> putByKey(key, value, SettingSource.IMAGE));
        return this;
    }

    /** A YAML map of settings; lists are taken as comma-separated text. */
    public NodeConfigReader withFile(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            errors.add(new ConfigError("config", file + ": " + IoReasons.of(e), "a readable YAML file"));
            return this;
        }
        YAMLMapper yaml = YAMLMapper.builder(YAMLFactory.builder()
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build())
                .build();
        JsonNode root;
        try {
            root = yaml.readTree(text);
        } catch (JacksonException e) {
            errors.add(new ConfigError("config", file.toString(), "YAML: " + e.getOriginalMessage()));
            return this;
        }
        if (root.isMissingNode() || root.isNull()) {
            return this;
        }
        if (!root.isObject()) {
            errors.add(new ConfigError("config", file.toString(), "a YAML map of settings"));
            return this;
        }
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            putFromFile(field.getKey(), field.getValue(), SettingSource.file(file));
        }
        return this;
    }

    /** The same keys as in a file. */
    public NodeConfigReader withFileValues(Map<String, String> settings) {
        settings.forEach((key, value) -> putByKey(key, value, SettingSource.FILE_VALUES));
        return this;
    }

    public NodeConfigReader withEnvironment(Map<String, String> environment) {
        for (FormerName former : formerNames.names()) {
            String value = environment.get(former.variable());
            if (value != null) {
                putFormer(
                        former,
                        former.variable(),
                        former.setting().variable(),
                        value,
                        SettingSource.environment(former.variable()));
            }
        }
        for (Setting setting : Setting.values()) {
            String value = environment.get(setting.variable());
            // Kubernetes sets ZONECACHE_PORT=tcp://... in every pod beside a service named zonecache.
            if (value != null && !value.startsWith("tcp://")) {
                put(setting, setting.variable(), value, SettingSource.environment(setting.variable()));
            }
        }
        return this;
    }

    public NodeConfigReader withFlag(Setting setting, String value) {
        put(setting, setting.flag(), value, SettingSource.flag(setting.flag()));
        return this;
    }

    public NodeConfigReader withFormerFlag(FormerName former, String value) {
        putFormer(former, former.flag(), former.setting().flag(), value, SettingSource.flag(former.flag()));
        return this;
    }

    /** @throws ConfigException with every error found, in the sources and in the values */
    public NodeConfig read() {
        Map<Setting, String> texts = new EnumMap<>(Setting.class);
        values.forEach((setting, value) -> texts.put(setting, value.text()));
        NodeConfigChecks checks = new NodeConfigChecks(texts, errors, descriptorLimit);
        NodeConfig config = checks.check();
        if (config == null) {
            throw new ConfigException(errors);
        }
        return config;
    }

    /** What should be mended before the next release, in words; complete once every source has been read. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** Every setting as {@link #read} found it, with its source: a YAML file that another node could read. Holds no secret. */
    public String describe(NodeConfig config) {
        return new ConfigDescription(config, values).yaml();
    }

    private void putFromFile(String key, JsonNode value, SettingSource source) {
        if (value.isArray()) {
            StringJoiner joined = new StringJoiner(",");
            value.forEach(element -> joined.add(element.asText()));
            putByKey(key, joined.toString(), source);
        } else if (value.isValueNode()) {
            putByKey(key, value.asText(), source);
        } else {
            errors.add(new ConfigError(key, shown(key, value.toString()), "one value, or a list"));
        }
    }

    private void putByKey(String key, String value, SettingSource source) {
        Optional<Setting> known = Arrays.stream(Setting.values())
                .filter(setting -> setting.key().equals(key))
                .findFirst();
        Optional<FormerName> former = formerNames.byKey(key);
        if (known.isPresent()) {
            put(known.get(), key, value, source);
        } else if (former.isPresent()) {
            putFormer(former.get(), key, former.get().setting().key(), value, source);
        } else {
            errors.add(new ConfigError(key, shown(key, value), "one of the settings that serve --help lists"));
        }
    }

    private void putFormer(FormerName former, String name, String newName, String value, SettingSource source) {
        if (former.removed()) {
            errors.add(new ConfigError(name, shown(name, value), newName + ", its name since an earlier release"));
            return;
        }
        warnings.add(
                name + " is now " + newName + " (" + source.kind().word() + "); the next release refuses the old name");
        put(former.setting(), name, value, source);
    }

    private void put(Setting setting, String name, String text, SettingSource source) {
        Value earlier = values.put(setting, new Value(text.trim(), name, source));
        if (earlier != null
                && earlier.source().kind() == source.kind()
                && !earlier.name().equals(name)) {
            errors.add(new ConfigError(name, shown(name, text), "not together with " + earlier.name()));
        }
    }

    private static String shown(String name, String value) {
        return SECRET.matcher(name.toLowerCase(Locale.ROOT)).matches() ? "***" : value;
    }

    /**
     * A setting's text.
     *
     * @param name that it was given under
     */
    record Value(String text, String name, SettingSource source) {}
}
