package io.zonecache.benchmarks.cluster.peer;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.PoolOptions;
import io.zonecache.testkit.process.ManagedProcess;
import io.zonecache.testkit.process.Ports;
import io.zonecache.testkit.process.ProgramCommand;
import io.zonecache.testkit.process.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/** Varnish with everything in memory, through Vert.x's HTTP client; it fetches each chunk once from a server of the bench's own. */
final class VarnishPeer implements Peer {

    private static final int PIECE_BYTES = 64 << 10;
    private static final int START_ATTEMPTS = 300;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long TIMEOUT_SECONDS = 10;

    private final ManagedProcess server;
    private final Vertx vertx;
    private final Backend backend;
    private final HttpClient client;
    private final int port;

    private VarnishPeer(ManagedProcess server, Vertx vertx, Backend backend, int port, int connections) {
        this.server = server;
        this.vertx = vertx;
        this.backend = backend;
        this.port = port;
        this.client = vertx.httpClientBuilder()
                .with(new HttpClientOptions().setMaxChunkSize(PIECE_BYTES))
                .with(new PoolOptions().setHttp1MaxSize(connections))
                .build();
    }

    static VarnishPeer start(Workspace workspace, String program, int readers) {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(Runtime.getRuntime().availableProcessors())
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        Backend backend = new Backend(vertx);
        int port = Ports.free();
        ManagedProcess server = workspace.start(
                "varnish",
                ProgramCommand.of(
                        program,
                        "-F",
                        "-j",
                        "none",
                        "-a",
                        "127.0.0.1:" + port,
                        "-f",
                        configuration(workspace, backend.port()).toString(),
                        "-s",
                        "malloc,512m",
                        "-n",
                        workspace.directory("varnish/state").toString()));
        VarnishPeer peer = new VarnishPeer(server, vertx, backend, port, readers);
        peer.awaitAnswer();
        return peer;
    }

    @Override
    public String name() {
        return "varnish";
    }

    @Override
    public void store(int chunks, IntFunction<byte[]> bytes) throws Exception {
        backend.chunks = bytes;
        for (int i = 0; i < chunks; i++) {
            get(i);
        }
        backend.chunks = Backend::nothing;
    }

    @Override
    public ChunkReader reader() {
        return index -> {
            Buffer chunk = get(index);
            return () -> ByteBuffer.wrap(chunk.getBytes());
        };
    }

    @Override
    public List<Long> pids() {
        return server.pids();
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private Buffer get(int index) throws InterruptedException, ExecutionException, TimeoutException {
        return client.request(HttpMethod.GET, port, "127.0.0.1", "/" + index)
                // Inside, where the event loop adds the body's handler before a piece can come.
                .compose(request -> request.send()
                        .expecting(answer -> answer.statusCode() == 200)
                        .compose(HttpClientResponse::body))
                .toCompletionStage()
                .toCompletableFuture()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private void awaitAnswer() {
        backend.chunks = index -> new byte[1];
        for (int attempt = 1; ; attempt++) {
            try {
                get(Integer.MAX_VALUE);
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            } catch (ExecutionException | TimeoutException e) {
                if (attempt == START_ATTEMPTS || !server.isAlive()) {
                    throw new IllegalStateException("Varnish does not answer" + server.describeEnd(), e);
                }
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }

    private static Path configuration(Workspace workspace, int backendPort) {
        try {
            return Files.writeString(
                    workspace.root().resolve("bench.vcl"), String.format(Locale.ROOT, """
                    vcl 4.1;
                    backend bench { .host = "127.0.0.1"; .port = "%d"; }
                    sub vcl_backend_response { set beresp.ttl = 1d; }
                    """, backendPort));
        } catch (IOException e) {
            throw new UncheckedIOException("Varnish's configuration", e);
        }
    }

    /** Where Varnish fetches what it lacks: nothing, once all is stored. */
    private static final class Backend {

        private final HttpServer server;
        private volatile IntFunction<byte[]> chunks = Backend::nothing;

        Backend(Vertx vertx) {
            server = vertx.createHttpServer()
                    .requestHandler(request -> {
                        byte[] chunk =
                                chunks.apply(Integer.parseInt(request.path().substring(1)));
                        request.response()
                                .setStatusCode(chunk.length == 0 ? 404 : 200)
                                .end(Buffer.buffer(chunk));
                    })
                    .listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        }

        int port() {
            return server.actualPort();
        }

        private static byte[] nothing(int index) {
            return new byte[0];
        }
    }
}
