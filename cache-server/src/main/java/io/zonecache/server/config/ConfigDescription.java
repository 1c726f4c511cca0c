package io.zonecache.server.config;

import io.zonecache.model.CodeSpec;
import io.zonecache.model.HostAndPort;
import io.zonecache.server.config.NodeConfigReader.Value;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A configuration as text: one line for each setting, with the value in force and where it came from. */
final class ConfigDescription {

    /** What YAML reads as the same text or number; the rest is quoted. */
    private static final Pattern PLAIN =
            Pattern.compile("0|[1-9][0-9]{0,17}|[1-9][0-9]{0,17}(ms|s|m|h|B|[KMGT]iB)|true|false");

    private static final int SOURCE_COLUMN = 48;

    private final NodeConfig config;
    private final Map<Setting, Value> values;

    ConfigDescription(NodeConfig config, Map<Setting, Value> values) {
        this.config = config;
        this.values = values;
    }

    String yaml() {
        StringBuilder yaml = new StringBuilder();
        for (Setting setting : Setting.values()) {
            yaml.append(line(setting)).append('\n');
        }
        return yaml.toString();
    }

    private String line(Setting setting) {
        Value given = values.get(setting);
        SettingSource source = given == null ? SettingSource.DEFAULT : given.source();
        String text = given == null ? defaultText(setting) : given.text();
        String line = text == null ? "# " + setting.key() + ": none" : setting.key() + ": " + quoted(text);
        return line + " ".repeat(Math.max(1, SOURCE_COLUMN - line.length())) + "# " + source;
    }

    /** What the others come to where a setting has no default of its own; null for none. */
    private @Nullable String defaultText(Setting setting) {
        return switch (setting) {
            case EXPECTED_NODES -> Integer.toString(config.settings().expectedNodes());
            case ADVERTISE -> advertised();
            case CLUSTER_ADVERTISE -> config.clusterAddress();
            case DOMAIN -> config.domain();
            case CODE -> code(config.settings().code());
            case MAX_CONNECTIONS -> Integer.toString(config.limits().maxConnections());
            case MAX_BYTES_IN_FLIGHT -> Long.toString(config.limits().maxBytesInFlight());
            default -> setting.defaultText();
        };
    }

    private String advertised() {
        HostAndPort advertised = new HostAndPort(config.advertisedHost(), config.advertisedPort());
        return advertised.port() == 0 ? advertised.bracketedHost() : advertised.toString();
    }

    private static String code(CodeSpec code) {
        return code.name().toString().toLowerCase(Locale.ROOT) + ':' + code.data() + "-of-" + code.stripes();
    }

    private static String quoted(String text) {
        if (PLAIN.matcher(text).matches()) {
            return text;
        }
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
