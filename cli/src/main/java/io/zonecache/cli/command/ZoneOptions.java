package io.zonecache.cli.command;

import io.zonecache.client.ClientConfig;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.origin.Origin;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where the zone and the origin are, alike in every command that reads or writes chunks. */
final class ZoneOptions implements AutoCloseable {

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

    @Mixin
    private OriginOptions origin = new OriginOptions();

    @Option(
            names = "--deadline",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long one chunk may take. Default: ${DEFAULT-VALUE}.")
    private int deadlineSeconds;

    /** Opened once: a setting may name a pipe. */
    private @Nullable Origin opened;

    boolean hasOrigin() {
        return origin.location() != null;
    }

    Duration deadline() {
        return Duration.ofSeconds(deadlineSeconds);
    }

    /** Checks all that can be checked without a connection. @throws ParameterException if something is wrong */
    void check() {
        if (deadlineSeconds < 1 || deadlineSeconds > MAX_DEADLINE_SECONDS) {
            throw wrong("--deadline: " + deadlineSeconds + " (expected: 1.." + MAX_DEADLINE_SECONDS + ")");
        }
        opened = origin.open();
    }

    /** As {@link #check}, for a command that stores chunks in the zone: refuses an origin of which the zone must keep nothing. */
    void checkForStoring() {
        check();
        Origin checked = opened;
        if (checked != null && !checked.allowsWriteBack()) {
            throw wrong(
                    "--origin: " + origin.location() + ", of which the zone must keep nothing (expected: an origin that"
                            + " allows write-back; with a customer key of S3's, --origin-setting writeBackEncrypted=true, and the"
                            + " nodes hold what it decrypts)");
        }
    }

    /** A client without a local cache; it reads through the origin only if {@code withOrigin} and one was named. */
    ZoneCache open(boolean withOrigin) {
        ClientConfig config = ClientConfig.builder()
                .nodes(nodes)
                .localCacheBytes(0)
                .readDeadline(deadline())
                .build();
        ZoneCache cache = ZoneCache.builder()
                .config(config)
                .origin(withOrigin ? opened : null)
                .build();
        if (withOrigin) {
            opened = null;
        }
        return cache;
    }

    /** The origin that was checked, which is the caller's from now on; null if none was named. */
    @Nullable
    Origin takeOrigin() {
        Origin taken = opened;
        opened = null;
        return taken;
    }

    /** Closes the origin that was checked, unless somebody has taken it. */
    @Override
    public void close() {
        Origin left = takeOrigin();
        if (left != null) {
            left.close();
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
