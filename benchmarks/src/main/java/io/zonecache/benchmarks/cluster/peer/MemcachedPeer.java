package io.zonecache.benchmarks.cluster.peer;

import io.zonecache.testkit.process.ManagedProcess;
import io.zonecache.testkit.process.Ports;
import io.zonecache.testkit.process.ProgramCommand;
import io.zonecache.testkit.process.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import net.rubyeye.xmemcached.MemcachedClient;
import net.rubyeye.xmemcached.XMemcachedClientBuilder;
import net.rubyeye.xmemcached.transcoders.SerializingTranscoder;
import net.rubyeye.xmemcached.utils.AddrUtil;

/** memcached through xmemcached, with as many connections as reads. */
final class MemcachedPeer implements Peer {

    private static final int CONNECTIONS = 8;
    private static final int START_ATTEMPTS = 100;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long TIMEOUT_MILLIS = 10_000;

    private final ManagedProcess server;
    private final MemcachedClient client;
    private final SerializingTranscoder asItIs = new SerializingTranscoder();

    private MemcachedPeer(ManagedProcess server, MemcachedClient client) {
        this.server = server;
        this.client = client;
        asItIs.setCompressionThreshold(Integer.MAX_VALUE);
    }

    static MemcachedPeer start(Workspace workspace, String program) {
        int port = Ports.free();
        ManagedProcess server = workspace.start(
                "memcached",
                ProgramCommand.of(
                        program,
                        "-u",
                        System.getProperty("user.name"),
                        "-l",
                        "127.0.0.1",
                        "-p",
                        "" + port,
                        "-m",
                        "512",
                        "-I",
                        "2m"));
        XMemcachedClientBuilder builder = new XMemcachedClientBuilder(AddrUtil.getAddresses("127.0.0.1:" + port));
        builder.setConnectionPoolSize(CONNECTIONS);
        builder.setOpTimeout(TIMEOUT_MILLIS);
        for (int attempt = 1; ; attempt++) {
            try {
                MemcachedClient client = builder.build();
                if (!client.getVersions().isEmpty()) {
                    return new MemcachedPeer(server, client);
                }
                client.shutdown();
            } catch (Exception e) {
                if (attempt == START_ATTEMPTS || !server.isAlive()) {
                    throw new IllegalStateException("memcached does not answer" + server.describeEnd(), e);
                }
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }

    @Override
    public void store(int chunks, IntFunction<byte[]> bytes) throws Exception {
        for (int i = 0; i < chunks; i++) {
            if (!client.set(key(i), 0, bytes.apply(i), asItIs)) {
                throw new IllegalStateException("memcached did not store chunk " + i);
            }
        }
    }

    @Override
    public ChunkReader reader() {
        return index -> {
            Object chunk = client.get(key(index), TIMEOUT_MILLIS, asItIs);
            if (!(chunk instanceof byte[] bytes)) {
                throw new IllegalStateException("chunk " + index + " is not in memcached");
            }
            return () -> ByteBuffer.wrap(bytes);
        };
    }

    @Override
    public List<Long> pids() {
        return server.pids();
    }

    @Override
    public void close() {
        try {
            client.shutdown();
        } catch (IOException e) {
            throw new UncheckedIOException("xmemcached does not end", e);
        }
    }

    private static String key(int index) {
        return "chunk-" + index;
    }
}
