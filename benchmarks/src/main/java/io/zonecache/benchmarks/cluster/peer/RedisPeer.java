package io.zonecache.benchmarks.cluster.peer;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.zonecache.testkit.process.ManagedProcess;
import io.zonecache.testkit.process.Ports;
import io.zonecache.testkit.process.ProgramCommand;
import io.zonecache.testkit.process.Workspace;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;

/** Redis without persistence, through one shared Lettuce connection, as Lettuce's manual advises. */
final class RedisPeer implements Peer {

    private final ManagedProcess server;
    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> connection;

    private RedisPeer(ManagedProcess server, int port) {
        this.server = server;
        this.client = RedisClient.create(
                RedisURI.builder().withHost("127.0.0.1").withPort(port).build());
        this.connection = client.connect(ByteArrayCodec.INSTANCE);
    }

    static RedisPeer start(Workspace workspace, String program) {
        int port = Ports.free();
        ManagedProcess server = workspace.start(
                "redis",
                ProgramCommand.of(
                        program,
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port),
                        "--save",
                        "",
                        "--appendonly",
                        "no"));
        server.awaitLine(line -> line.contains("Ready to accept connections"), Duration.ofSeconds(30));
        return new RedisPeer(server, port);
    }

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public void store(int chunks, IntFunction<byte[]> bytes) {
        for (int i = 0; i < chunks; i++) {
            connection.sync().set(key(i), bytes.apply(i));
        }
    }

    @Override
    public ChunkReader reader() {
        RedisCommands<byte[], byte[]> commands = connection.sync();
        return index -> {
            byte[] chunk = commands.get(key(index));
            if (chunk == null) {
                throw new IllegalStateException("chunk " + index + " is not in Redis");
            }
            return () -> ByteBuffer.wrap(chunk);
        };
    }

    @Override
    public List<Long> pids() {
        return server.pids();
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }

    private static byte[] key(int index) {
        return ("chunk-" + index).getBytes(StandardCharsets.UTF_8);
    }
}
