package io.zonecache.cli.command;

import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.Origins;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The store below the zone, and its settings, each of which messages name by the option that gave it. */
final class OriginOptions {

    private static final String SETTING_OPTION = "--origin-setting";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--origin",
            paramLabel = "LOCATION",
            description = "The store below the zone, such as file:DIR or s3://BUCKET[/PREFIX].")
    private @Nullable String origin;

    @Option(
            names = "--s3-endpoint",
            paramLabel = "URL",
            description =
                    "An S3 server other than Amazon's. Credentials and region come from where AWS tools take them,"
                            + " such as AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION.")
    private @Nullable String s3Endpoint;

    @Option(names = "--s3-unsigned", description = "Send S3 no credentials, for a bucket that everybody may read.")
    private boolean s3Unsigned;

    @Option(names = "--s3-requester-pays", description = "Tell S3 that you pay for the requests, as some buckets ask.")
    private boolean s3RequesterPays;

    @Option(
            names = SETTING_OPTION,
            paramLabel = "NAME=VALUE",
            description =
                    "A setting of the origin, such as region=eu-central-1; may be repeated. docs/operations.md has all.")
    private List<String> originSettings = List.of();

    /** As it was given; null if none was. */
    @Nullable
    String location() {
        return origin;
    }

    /** Null if none was named. @throws ParameterException if the options name none that can be opened */
    @Nullable
    Origin open() {
        Map<String, String> s3 = s3Settings();
        String location = origin;
        if (!s3.isEmpty() && (location == null || !location.startsWith("s3://"))) {
            throw wrong(s3.keySet().iterator().next() + " (expected: only with --origin s3://BUCKET[/PREFIX])");
        }
        Map<String, String> optionsByName = new LinkedHashMap<>();
        Map<String, String> values = new HashMap<>();
        s3.forEach((option, setting) -> add(setting, option, optionsByName, values));
        originSettings.forEach(setting -> add(setting, SETTING_OPTION, optionsByName, values));
        if (location == null) {
            if (!values.isEmpty()) {
                throw wrong(SETTING_OPTION + ": " + optionsByName.keySet() + " (expected: only with --origin)");
            }
            return null;
        }
        try {
            return Origins.parse(location, values);
        } catch (IllegalArgumentException e) {
            throw wrong(withOptions(String.valueOf(e.getMessage()), optionsByName));
        }
    }

    /** Options for S3 that were given, in the order of the help, and the settings that they are short for. */
    private Map<String, String> s3Settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        if (s3Endpoint != null) {
            settings.put("--s3-endpoint", "endpoint=" + s3Endpoint);
        }
        if (s3Unsigned) {
            settings.put("--s3-unsigned", "unsigned=true");
        }
        if (s3RequesterPays) {
            settings.put("--s3-requester-pays", "requesterPays=true");
        }
        return settings;
    }

    private void add(String setting, String option, Map<String, String> optionsByName, Map<String, String> values) {
        int equals = setting.indexOf('=');
        if (equals < 1) {
            throw wrong(SETTING_OPTION + ": \"" + setting + "\" (expected: NAME=VALUE)");
        }
        String name = setting.substring(0, equals);
        String other = optionsByName.put(name, option);
        if (other != null) {
            String both = other.equals(option)
                    ? option + " " + name + ": twice"
                    : other + ", " + option + " " + name + ": both";
            throw wrong(both + " (expected: one)");
        }
        values.put(name, setting.substring(equals + 1));
    }

    /** The origin knows settings alone. */
    private static String withOptions(String message, Map<String, String> optionsByName) {
        String named = message;
        for (Map.Entry<String, String> setting : optionsByName.entrySet()) {
            String name = setting.getKey();
            boolean isShort = !setting.getValue().equals(SETTING_OPTION);
            String option = isShort ? setting.getValue() : SETTING_OPTION + " " + name;
            named = Pattern.compile("(^|; )(setting )?" + Pattern.quote(name) + "(?=: )")
                    .matcher(named)
                    .replaceAll(start -> start.group(1) + option);
        }
        return named.startsWith("--") ? named : "--origin: " + named;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
