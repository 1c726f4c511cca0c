package io.zonecache.client.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BodyTapTest {

    private final BodyTap tap = new BodyTap();
    private final EmbeddedChannel channel = new EmbeddedChannel(tap);

    @Test
    void shouldTakeTheBodyAndLetHeadAndEndThrough() {
        Reader reader = new Reader();
        tap.expect(reader);
        HttpResponse head = head(HttpResponseStatus.OK);
        HttpContent first = new DefaultHttpContent(bytes("one "));
        HttpContent last = new DefaultLastHttpContent(bytes("two"));

        channel.writeInbound(head, first, last);

        assertThat(reader.text).hasToString("one two");
        assertThat(channel.<Object>readInbound()).isSameAs(head);
        assertThat(channel.<Object>readInbound()).isSameAs(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(channel.<Object>readInbound()).isNull();
        assertThat(first.refCnt()).isZero();
        assertThat(last.refCnt()).isZero();
    }

    @Test
    void shouldLetAnAnswerThroughThatIsNotWanted() {
        Reader reader = new Reader();
        tap.expect(reader);
        HttpContent body = new DefaultLastHttpContent(bytes("not here"));

        channel.writeInbound(head(HttpResponseStatus.NOT_FOUND), body);

        assertThat(reader.text).isEmpty();
        assertThat(channel.<Object>readInbound()).isInstanceOf(HttpResponse.class);
        assertThat(channel.<Object>readInbound()).isSameAs(body);
        assertThat(body.refCnt()).isOne();
        body.release();
    }

    @Test
    void shouldForgetAReceiverWhenItsAnswerEnds() {
        Reader reader = new Reader();
        tap.expect(reader);
        channel.writeInbound(head(HttpResponseStatus.OK), new DefaultLastHttpContent(bytes("one")));
        HttpContent other = new DefaultLastHttpContent(bytes("for another"));

        channel.writeInbound(head(HttpResponseStatus.OK), other);

        assertThat(reader.text).hasToString("one");
        assertThat(other.refCnt()).isOne();
        other.release();
    }

    /** Vert.x may hide its channels one day; then every stripe would be copied twice, and nothing else would tell. */
    @Test
    void shouldFindItsPlaceInConnectionsOfThisVertx() throws Exception {
        Vertx vertx = Vertx.vertx();
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> request.response().end("from the socket"))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        HttpClientAgent client = vertx.createHttpClient();
        try {
            Reader reader = new Reader();
            CompletableFuture<Boolean> placed = new CompletableFuture<>();
            CompletableFuture<String> throughVertx = new CompletableFuture<>();
            HttpConnectOptions where =
                    new HttpConnectOptions().setHost("127.0.0.1").setPort(server.actualPort());
            vertx.runOnContext(go -> client.connect(where)
                    .compose(connection -> {
                        BodyTap found = BodyTap.place(connection);
                        placed.complete(found != null);
                        if (found != null) {
                            found.expect(reader);
                        }
                        return connection.request(new RequestOptions());
                    })
                    .compose(request -> request.send())
                    .compose(response -> response.body())
                    .onSuccess(body -> throughVertx.complete(body.toString()))
                    .onFailure(throughVertx::completeExceptionally));

            assertThat(throughVertx.get(20, TimeUnit.SECONDS)).isEmpty();
            assertThat(placed).isCompletedWithValue(true);
            assertThat(reader.text).hasToString("from the socket");
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }

    private static HttpResponse head(HttpResponseStatus status) {
        return new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    private static final class Reader implements BodyTap.Receiver {

        private final StringBuilder text = new StringBuilder();

        @Override
        public boolean wantsBody(HttpResponse head) {
            return head.status().code() == 200;
        }

        @Override
        public void take(ByteBuf piece) {
            text.append(piece.toString(StandardCharsets.UTF_8));
        }
    }
}
