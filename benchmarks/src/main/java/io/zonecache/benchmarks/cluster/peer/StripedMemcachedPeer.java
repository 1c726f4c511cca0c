package io.zonecache.benchmarks.cluster.peer;

import io.zonecache.testkit.process.Workspace;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import net.rubyeye.xmemcached.MemcachedClient;

/**
 * Six memcached servers through xmemcached: each chunk as four pieces on four of them, as a zone of six nodes stores the data stripes
 * of 4-of-5. A read asks for the four pieces at once and copies them into one array, which is part of the read. What it costs beside
 * {@link MemcachedPeer} is what striping costs with the same servers and the same client library.
 */
final class StripedMemcachedPeer implements Peer {

    private static final int SERVERS = 6;
    private static final int PIECES = 4;

    private final MemcachedServers servers;
    private final MemcachedClient client;
    private final RawBytes rawBytes = new RawBytes();

    private StripedMemcachedPeer(MemcachedServers servers, MemcachedClient client) {
        this.servers = servers;
        this.client = client;
    }

    static StripedMemcachedPeer start(Workspace workspace, String program, int readers) {
        MemcachedServers servers = MemcachedServers.start(workspace, program, "striped-memcached", SERVERS);
        PieceLocator locator = new PieceLocator(servers.ports(), PieceKey::server);
        return new StripedMemcachedPeer(servers, servers.connect(readers, locator));
    }

    /** A piece's key, which tells its server: those of one chunk are on servers that follow each other. */
    private record PieceKey(int chunk, int piece) {

        @Override
        public String toString() {
            return "chunk-" + chunk + '-' + piece;
        }

        static int server(String key) {
            String[] parts = key.split("-", -1);
            return (Integer.parseInt(parts[1]) + Integer.parseInt(parts[2])) % SERVERS;
        }
    }

    @Override
    public String name() {
        return "striped-memcached";
    }

    @Override
    public void store(int chunks, IntFunction<byte[]> bytes) throws Exception {
        for (int i = 0; i < chunks; i++) {
            byte[] chunk = bytes.apply(i);
            int pieceBytes = pieceBytes(chunk.length);
            for (int piece = 0; piece < PIECES; piece++) {
                byte[] part =
                        Arrays.copyOfRange(chunk, piece * pieceBytes, Math.min(chunk.length, (piece + 1) * pieceBytes));
                if (!client.set(new PieceKey(i, piece).toString(), 0, part, rawBytes)) {
                    throw new IllegalStateException("memcached did not store piece " + piece + " of chunk " + i);
                }
            }
        }
    }

    @Override
    public ChunkReader reader() {
        return index -> {
            List<String> keys = new ArrayList<>(PIECES);
            for (int piece = 0; piece < PIECES; piece++) {
                keys.add(new PieceKey(index, piece).toString());
            }
            byte[] chunk = assembled(keys, client.get(keys, MemcachedServers.TIMEOUT_MILLIS, rawBytes));
            return () -> ByteBuffer.wrap(chunk);
        };
    }

    private static byte[] assembled(List<String> keys, Map<String, Object> pieces) {
        List<byte[]> parts = new ArrayList<>(PIECES);
        int chunkBytes = 0;
        for (String key : keys) {
            if (!(pieces.get(key) instanceof byte[] part)) {
                throw new IllegalStateException(key + " is not in memcached");
            }
            parts.add(part);
            chunkBytes += part.length;
        }
        byte[] chunk = new byte[chunkBytes];
        int offset = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, chunk, offset, part.length);
            offset += part.length;
        }
        return chunk;
    }

    @Override
    public List<Long> pids() {
        return servers.pids();
    }

    @Override
    public void close() {
        MemcachedServers.shutdown(client);
    }

    private static int pieceBytes(int chunkBytes) {
        return (chunkBytes + PIECES - 1) / PIECES;
    }
}
