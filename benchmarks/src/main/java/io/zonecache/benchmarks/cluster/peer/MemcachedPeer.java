package io.zonecache.benchmarks.cluster.peer;

import io.zonecache.testkit.process.Workspace;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntFunction;
import net.rubyeye.xmemcached.MemcachedClient;
import net.rubyeye.xmemcached.impl.ArrayMemcachedSessionLocator;

/** One memcached through xmemcached, with as many connections as reads: each chunk whole. */
final class MemcachedPeer implements Peer {

    private final MemcachedServers servers;
    private final MemcachedClient client;
    private final RawBytes rawBytes = new RawBytes();

    private MemcachedPeer(MemcachedServers servers, MemcachedClient client) {
        this.servers = servers;
        this.client = client;
    }

    static MemcachedPeer start(Workspace workspace, String program, int readers) {
        MemcachedServers servers = MemcachedServers.start(workspace, program, "memcached", 1);
        return new MemcachedPeer(servers, servers.connect(readers, new ArrayMemcachedSessionLocator()));
    }

    @Override
    public String name() {
        return "memcached";
    }

    @Override
    public void store(int chunks, IntFunction<byte[]> bytes) throws Exception {
        for (int i = 0; i < chunks; i++) {
            if (!client.set(key(i), 0, bytes.apply(i), rawBytes)) {
                throw new IllegalStateException("memcached did not store chunk " + i);
            }
        }
    }

    @Override
    public ChunkReader reader() {
        return index -> {
            Object chunk = client.get(key(index), MemcachedServers.TIMEOUT_MILLIS, rawBytes);
            if (!(chunk instanceof byte[] bytes)) {
                throw new IllegalStateException("chunk " + index + " is not in memcached");
            }
            return () -> ByteBuffer.wrap(bytes);
        };
    }

    @Override
    public List<Long> pids() {
        return servers.pids();
    }

    @Override
    public void close() {
        MemcachedServers.shutdown(client);
    }

    private static String key(int index) {
        return "chunk-" + index;
    }
}
