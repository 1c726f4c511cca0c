package io.zonecache.cli.command;

import io.zonecache.client.ClientConfig;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.Origins;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where the zone and the origin are, alike in every command that reads or writes chunks. */
final class ZoneOptions {

    private static final int MAX_DEADLINE_SECONDS = 600;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--nodes",
            required = true,
            split = ",",
            paramLabel = "HOST:PORT",
            converter = Addresses.class,
            description = "Data addresses of some nodes of the zone; the others are found through them.")
    private List<String> nodes = List.of();

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
            names = "--origin-setting",
            paramLabel = "NAME=VALUE",
            description =
                    "A setting of the origin, such as region=eu-central-1; may be repeated. docs/operations.md has all.")
    private Map<String, String> originSettings = Map.of();

    @Option(
            names = "--deadline",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long one chunk may take. Default: ${DEFAULT-VALUE}.")
    private int deadlineSeconds;

    /** Opened once: a setting may name a pipe. */
    private @Nullable Origin opened;

    boolean hasOrigin() {
        return origin != null;
    }

    Duration deadline() {
        return Duration.ofSeconds(deadlineSeconds);
    }

    /** Checks all that can be checked without a connection. @throws ParameterException if something is wrong */
    void check() {
        if (deadlineSeconds < 1 || deadlineSeconds > MAX_DEADLINE_SECONDS) {
            throw wrong("--deadline: " + deadlineSeconds + " (expected: 1.." + MAX_DEADLINE_SECONDS + ")");
        }
        String s3Option = s3Option();
        if (s3Option != null && (origin == null || !origin.startsWith("s3://"))) {
            throw wrong(s3Option + " (expected: only with --origin s3://BUCKET[/PREFIX])");
        }
        if (origin == null && !originSettings.isEmpty()) {
            throw wrong("--origin-setting: " + originSettings.keySet() + " (expected: only with --origin)");
        }
        opened = openOrigin();
    }

    /** As {@link #check}, for a command that stores chunks in the zone: refuses an origin of which the zone must keep nothing. */
    void checkForStoring() {
        check();
        Origin checked = opened;
        if (checked != null && !checked.allowsWriteBack()) {
            checked.close();
            opened = null;
            throw wrong("--origin: " + origin + ", of which the zone must keep nothing (expected: an origin that allows"
                    + " write-back; with a customer key of S3's, --origin-setting writeBackEncrypted=true, and the nodes"
                    + " hold what it decrypts)");
        }
    }

    /** A client without a local cache; it reads through the origin only if {@code withOrigin} and one was named. */
    ZoneCache open(boolean withOrigin) {
        ClientConfig config = ClientConfig.builder()
                .nodes(nodes)
                .localCacheBytes(0)
                .readDeadline(deadline())
                .build();
        return ZoneCache.builder()
                .config(config)
                .origin(withOrigin ? takeOrigin() : null)
                .build();
    }

    /** The origin that was checked, which is the caller's from now on; null if none was named. */
    @Nullable
    Origin takeOrigin() {
        Origin taken = opened;
        opened = null;
        return taken;
    }

    private @Nullable Origin openOrigin() {
        if (origin == null) {
            return null;
        }
        try {
            return Origins.parse(origin, settings());
        } catch (IllegalArgumentException e) {
            throw wrong("--origin: " + e.getMessage());
        }
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(originSettings);
        if (s3Endpoint != null) {
            settings.put("endpoint", s3Endpoint);
        }
        if (s3Unsigned) {
            settings.put("unsigned", "true");
        }
        if (s3RequesterPays) {
            settings.put("requesterPays", "true");
        }
        return settings;
    }

    /** The option for S3 alone that was given first in the order of the help; null if there is none. */
    private @Nullable String s3Option() {
        if (s3Endpoint != null) {
            return "--s3-endpoint";
        }
        if (s3Unsigned) {
            return "--s3-unsigned";
        }
        return s3RequesterPays ? "--s3-requester-pays" : null;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
