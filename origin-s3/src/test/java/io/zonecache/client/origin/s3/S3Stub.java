package io.zonecache.client.origin.s3;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.PfxOptions;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An HTTP server that records what it is sent and answers as it is told, on loopback. Thread-safe. */
final class S3Stub implements AutoCloseable {

    private static final long TIMEOUT_SECONDS = 30;
    private static final int NO_ANSWER = 0;

    private final Vertx vertx = Vertx.vertx();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final boolean tls;
    private volatile Function<Request, Answer> answers = request -> Answer.of(403);

    private S3Stub(HttpServerOptions options) {
        this.tls = options.isSsl();
        this.server = await(vertx.createHttpServer(options.setHandle100ContinueAutomatically(true))
                .requestHandler(this::handle)
                .listen(0, "127.0.0.1"));
    }

    /** With 403 for every request. */
    static S3Stub start() {
        return new S3Stub(new HttpServerOptions());
    }

    /** The same over TLS, with the CA's certificate. */
    static S3Stub start(TestCa ca) {
        return new S3Stub(new HttpServerOptions()
                .setSsl(true)
                .setKeyCertOptions(new PfxOptions()
                        .setPath(ca.keyStore().toString())
                        .setPassword(TestCa.PASSWORD)
                        .setAlias(TestCa.SERVER_ALIAS)));
    }

    /** One request, whole. */
    record Request(String method, String host, String path, String query, MultiMap headers, Buffer body) {

        @Nullable
        String header(String name) {
            return headers.get(name);
        }
    }

    /** One answer. */
    record Answer(int status, Map<String, String> headers, String body) {

        static Answer of(int status) {
            return new Answer(status, Map.of(), "");
        }

        static Answer of(int status, Map<String, String> headers) {
            return new Answer(status, headers, "");
        }

        /** 200 with an object. */
        static Answer object(String body, Map<String, String> headers) {
            return new Answer(200, headers, body);
        }

        /** S3's XML, which answers to HEAD leave out. */
        static Answer error(int status, String code, Map<String, String> headers) {
            return new Answer(
                    status, headers, "<Error><Code>" + code + "</Code><Message>as the stub was told</Message></Error>");
        }
    }

    URI endpoint() {
        return URI.create((tls ? "https" : "http") + "://localhost:" + server.actualPort());
    }

    int port() {
        return server.actualPort();
    }

    void answer(Function<Request, Answer> newAnswers) {
        this.answers = newAnswers;
    }

    /** Answers nothing until told what. */
    void hold() {
        this.answers = request -> Answer.of(NO_ANSWER);
    }

    List<Request> requests() {
        return requests;
    }

    Request last() {
        return requests.get(requests.size() - 1);
    }

    void forget() {
        requests.clear();
    }

    private void handle(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            Request whole = new Request(
                    request.method().name(),
                    String.valueOf(request.authority()),
                    request.path(),
                    String.valueOf(request.query()),
                    MultiMap.caseInsensitiveMultiMap().addAll(request.headers()),
                    body);
            requests.add(whole);
            Answer answer = answers.apply(whole);
            if (answer.status == NO_ANSWER) {
                return;
            }
            HttpServerResponse response = request.response().setStatusCode(answer.status);
            answer.headers.forEach(response::putHeader);
            if (request.method().equals(HttpMethod.HEAD)) {
                response.end();
            } else {
                response.end(answer.body);
            }
        });
    }

    @Override
    public void close() {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
