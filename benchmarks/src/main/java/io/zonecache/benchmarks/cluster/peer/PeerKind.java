package io.zonecache.benchmarks.cluster.peer;

import io.zonecache.testkit.process.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Which caches there are to compare with. */
public enum PeerKind {
    REDIS("redis-server", "redis-server"),
    MEMCACHED("memcached", "memcached"),
    VARNISH("varnishd", "varnish");

    /** Debian puts varnishd where only root's PATH looks. */
    private static final String MORE_DIRECTORIES = ":/usr/local/sbin:/usr/sbin:/sbin";

    private final String program;
    private final String debianPackage;

    PeerKind(String program, String debianPackage) {
        this.program = program;
        this.debianPackage = debianPackage;
    }

    /** Those whose server is here. */
    public static List<PeerKind> installed() {
        return Stream.of(values()).filter(kind -> kind.find().isPresent()).toList();
    }

    /** Where its server is. */
    public Optional<Path> find() {
        String path = System.getenv().getOrDefault("PATH", "") + MORE_DIRECTORIES;
        return Stream.of(path.split(":", -1))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** What a user must install. */
    public String needs() {
        return program + ", of Debian's package " + debianPackage;
    }

    /**
     * Starts its servers and returns when they answer: memcached both as one server and with chunks in pieces on six.
     *
     * @param readers most reads at once
     */
    public List<Peer> start(Workspace workspace, int readers) {
        String server = find().orElseThrow(() -> new IllegalStateException(this + ": no " + needs()))
                .toString();
        return switch (this) {
            case REDIS -> List.of(RedisPeer.start(workspace, server));
            case MEMCACHED ->
                List.of(
                        MemcachedPeer.start(workspace, server, readers),
                        StripedMemcachedPeer.start(workspace, server, readers));
            case VARNISH -> List.of(VarnishPeer.start(workspace, server, readers));
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
