package io.zonecache.chaos.zone;

import com.github.dockerjava.api.model.HostConfig;
import io.zonecache.testkit.proxy.FaultProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;

/**
 * What a node is given besides, so that it can be broken in ways that neither Docker nor the kernel has.
 *
 * @param wire workers reach the node's data plane through it
 * @param smallDiskMib size of its disk, which is one in memory then and empty after each start; 0 is a volume
 * @param fakeTime libfaketime, through which the node sees the clock
 */
record Rig(
        @Nullable FaultProxy wire,
        int smallDiskMib,
        @Nullable Path fakeTime) implements AutoCloseable {

    /** In the container: what is added to the clock, as libfaketime writes it. */
    static final String CLOCK_FILE = "/data/clock";

    private static final String LIBRARY = "/usr/local/lib/libfaketime.so";

    static Rig none() {
        return new Rig(null, 0, null);
    }

    /** @param number of the node, from 1 */
    static Rig of(ZoneSpec spec, int number) {
        if (!spec.isRigged()) {
            return none();
        }
        // Where it leads is known when the node has its address.
        FaultProxy wire = FaultProxy.to("127.0.0.1", NodeContainer.DATA_PORT);
        return new Rig(
                wire,
                number == spec.nodes() ? ZoneSpec.SMALL_DISK_MIB : 0,
                number == 1 ? libfaketime().orElse(null) : null);
    }

    /** As Debian's package of that name installs it, for whatever processor. */
    static Optional<Path> libfaketime() {
        try (Stream<Path> directories = Files.list(Path.of("/usr/lib"))) {
            return directories
                    .map(directory -> directory.resolve("faketime/libfaketimeMT.so.1"))
                    .filter(Files::isRegularFile)
                    .findFirst();
        } catch (java.io.IOException e) {
            return Optional.empty();
        }
    }

    /** @param alias the node's name in its network, where other nodes reach it past the wire */
    void apply(GenericContainer<?> container, String alias) {
        FaultProxy proxy = wire;
        if (proxy != null) {
            container.withEnv("ZONECACHE_ADVERTISE", proxy.address()).withEnv("ZONECACHE_CLUSTER_ADVERTISE", alias);
        }
        Path library = fakeTime;
        if (library != null) {
            container
                    .withFileSystemBind(library.toString(), LIBRARY, BindMode.READ_ONLY)
                    .withEnv("LD_PRELOAD", LIBRARY)
                    .withEnv("FAKETIME_TIMESTAMP_FILE", CLOCK_FILE)
                    .withEnv("FAKETIME_CACHE_DURATION", "1")
                    .withEnv("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
    }

    void apply(HostConfig host) {
        if (smallDiskMib > 0) {
            // exec: native libraries are unpacked and loaded there.
            host.withTmpFs(Map.of("/data", "rw,exec,uid=10001,gid=10001,mode=755,size=" + smallDiskMib + "m"));
        }
    }

    long memoryBytes() {
        return (long) smallDiskMib << 20;
    }

    @Override
    public void close() {
        if (wire != null) {
            wire.close();
        }
    }
}
