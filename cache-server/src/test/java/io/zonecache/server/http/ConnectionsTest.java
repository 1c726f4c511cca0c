package io.zonecache.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.server.RawConnection;
import io.zonecache.server.RawConnection.Answer;
import io.zonecache.server.config.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** At the limit idle connections make place for new ones, with no request lost; busy ones never do. */
@Tag("slow")
class ConnectionsTest {

    private static final String GET = "GET /v1/view HTTP/1.1\r\nHost: n\r\n\r\n";
    private static final String GET_HELD = "GET /v1/view?do=hold HTTP/1.1\r\nHost: n\r\n\r\n";
    private static final long GRACE_MILLIS = 25;

    /** Long enough for a test to do something within, on a busy machine too. */
    private static final long LONG_GRACE_MILLIS = 3_000;

    @Test
    void shouldCloseTheLongestIdleConnectionForANewOne() throws Exception {
        try (Listeners node = new Listeners(3, GRACE_MILLIS);
                RawConnection first = new RawConnection(node.port());
                RawConnection second = new RawConnection(node.port());
                RawConnection third = new RawConnection(node.port())) {
            for (RawConnection each : List.of(first, second, third, first)) {
                assertServed(node, each);
            }
            try (RawConnection fourth = new RawConnection(node.port());
                    RawConnection fifth = new RawConnection(node.port())) {
                assertServed(node, fourth);
                assertThat(second.isClosedByNode()).isTrue();
                assertServed(node, fifth);
                assertThat(third.isClosedByNode()).isTrue();
                for (RawConnection each : List.of(first, fourth, fifth)) {
                    assertServed(node, each);
                }
            }
            assertThat(node.counts().evicted()).isEqualTo(2);
            assertThat(node.counts().refused()).isZero();
        }
    }

    @Test
    void shouldCountConnectionsThatSayNothingAndCloseTheLongestSilentFirst() throws Exception {
        try (Listeners node = new Listeners(2, GRACE_MILLIS);
                RawConnection silent = new RawConnection(node.port())) {
            await().until(() -> node.counts().open() == 1);
            try (RawConnection halfARequest = new RawConnection(node.port()).send("GET /v1/vi")) {
                await().until(() -> node.counts().open() == 2);
                try (RawConnection third = new RawConnection(node.port());
                        RawConnection fourth = new RawConnection(node.port())) {
                    assertServed(node, third);
                    assertThat(silent.isClosedByNode()).isTrue();
                    assertServed(node, fourth);
                    assertThat(halfARequest.isClosedByNode()).isTrue();
                }
            }
            await().until(() -> node.counts().open() == 0);
        }
    }

    @Test
    void shouldRefuseANewConnectionIfAllAreBusyAndNeverCloseABusyOne() throws Exception {
        try (Listeners node = new Listeners(2, GRACE_MILLIS);
                RawConnection first = new RawConnection(node.port()).send(GET_HELD);
                RawConnection second = new RawConnection(node.port()).send(GET_HELD)) {
            await().until(() -> node.held() == 2);
            try (RawConnection third = new RawConnection(node.port())) {
                assertRefused(third.send(GET + GET).receive());
                await().until(() -> node.counts().refused() == 1);
            }
            try (RawHttp2 fourth = new RawHttp2(node.port())) {
                RawHttp2.Answer refused = answerAfterGoAway(fourth.get(1, "/v1/view"));
                assertThat(refused.isOk()).isFalse();
                assertThat(refused.body()).contains("BUSY");
                assertThat(fourth.isClosedByNode()).isTrue();
            }
            assertThat(node.counts().busy()).isEqualTo(2);
            node.release();
            assertThat(first.receive().text()).isEqualTo(Listeners.BODY);
            assertThat(second.receive().text()).isEqualTo(Listeners.BODY);
            await().until(() -> node.counts().busy() == 0);
            try (RawConnection third = new RawConnection(node.port())) {
                assertServed(node, third);
            }
            assertThat(node.counts().evicted()).isEqualTo(1);
        }
    }

    @Test
    void shouldCloseNewConnectionsAtOnceIfTooManyWaitBeyondTheLimit() throws Exception {
        List<RawConnection> surplus = new ArrayList<>();
        try (Listeners node = new Listeners(1, GRACE_MILLIS);
                RawConnection busy = new RawConnection(node.port()).send(GET_HELD)) {
            await().until(() -> node.held() == 1);
            for (int i = 0; i < Limits.MAX_SURPLUS_CONNECTIONS + 40; i++) {
                surplus.add(new RawConnection(node.port()));
            }
            await().until(() -> node.counts().refused() > 0);
            assertThat(node.counts().open()).isLessThanOrEqualTo(1 + Limits.MAX_SURPLUS_CONNECTIONS);
            // Those that ask nothing are not kept.
            await().until(() -> node.counts().open() == 1);
            node.release();
            assertThat(busy.receive().text()).isEqualTo(Listeners.BODY);
            assertServed(node, busy);
        } finally {
            for (RawConnection each : surplus) {
                each.close();
            }
        }
    }

    @Test
    void shouldAnswerARequestThatComesWhenItsConnectionHasJustBeenChosen() throws Exception {
        try (Listeners node = new Listeners(1, LONG_GRACE_MILLIS);
                RawConnection chosen = new RawConnection(node.port())) {
            assertServed(node, chosen);
            try (RawConnection newcomer = new RawConnection(node.port())) {
                assertServed(node, newcomer);
                assertThat(node.counts().evicted()).isEqualTo(1);
                Answer last = chosen.send(GET).receive();
                assertThat(last.text()).isEqualTo(Listeners.BODY);
                assertThat(last.headers()).containsEntry("connection", "close");
                assertThat(chosen.isClosedByNode()).isTrue();
                assertServed(node, newcomer);
            }
        }
    }

    @Test
    void shouldAnswerALongRequestThatComesWhenItsConnectionHasJustBeenChosen() throws Exception {
        try (Listeners node = new Listeners(1, LONG_GRACE_MILLIS);
                RawConnection chosen = new RawConnection(node.port())) {
            assertServed(node, chosen);
            try (RawConnection newcomer = new RawConnection(node.port())) {
                assertServed(node, newcomer);
                chosen.send(GET_HELD);
                await().until(() -> node.held() == 1);
                long chosenNanos = System.nanoTime();
                await().until(() -> System.nanoTime() - chosenNanos > 1_500_000 * LONG_GRACE_MILLIS);
                node.release();
                assertThat(chosen.receive().text()).isEqualTo(Listeners.BODY);
                assertThat(chosen.isClosedByNode()).isTrue();
            }
        }
    }

    @Test
    void shouldTellAnHttp2ConnectionByGoAwayAndLetItsStreamsEnd() throws Exception {
        try (Listeners node = new Listeners(1, LONG_GRACE_MILLIS);
                RawHttp2 chosen = new RawHttp2(node.port())) {
            assertThat(chosen.get(1, "/v1/view").answer().body()).isEqualTo(Listeners.BODY);
            await().until(() -> node.counts().busy() == 0);
            try (RawConnection newcomer = new RawConnection(node.port())) {
                assertServed(node, newcomer);
                RawHttp2.Frame announced = chosen.receive();
                assertThat(announced.type()).isEqualTo(RawHttp2.GOAWAY);
                assertThat(announced.errorCode()).isZero();
                assertThat(announced.lastStreamId()).isEqualTo(Integer.MAX_VALUE);
                // As a request would that was on its way when the connection was chosen.
                chosen.get(3, "/v1/view?do=hold");
                await().until(() -> node.held() == 1);
                RawHttp2.Frame last = chosen.receive();
                assertThat(last.type()).isEqualTo(RawHttp2.GOAWAY);
                assertThat(last.lastStreamId()).isEqualTo(3);
                assertServed(node, newcomer);
                node.release();
                RawHttp2.Answer answer = chosen.answer();
                assertThat(answer.streamId()).isEqualTo(3);
                assertThat(answer.body()).isEqualTo(Listeners.BODY);
                assertThat(chosen.isClosedByNode()).isTrue();
            }
        }
    }

    @Test
    void shouldNotCloseAnHttp2ConnectionWithAStreamUnderWay() throws Exception {
        try (Listeners node = new Listeners(1, GRACE_MILLIS);
                RawHttp2 busy = new RawHttp2(node.port())) {
            busy.get(1, "/v1/view?do=hold").get(3, "/v1/view");
            assertThat(busy.answer().streamId()).isEqualTo(3);
            try (RawConnection newcomer = new RawConnection(node.port())) {
                assertRefused(newcomer.send(GET).receive());
            }
            node.release();
            assertThat(busy.answer().streamId()).isEqualTo(1);
            assertThat(busy.get(5, "/v1/view").answer().streamId()).isEqualTo(5);
        }
    }

    @Test
    void shouldCountAConnectionIdleOnceItsClientHasGivenUpItsStreams() throws Exception {
        try (Listeners node = new Listeners(1, GRACE_MILLIS);
                RawHttp2 connection = new RawHttp2(node.port())) {
            connection.get(1, "/v1/view?do=hold");
            await().until(() -> node.counts().busy() == 1);
            connection.cancel(1);
            await().until(() -> node.counts().busy() == 0);
            node.release();
            assertThat(connection.get(3, "/v1/view").answer().body()).isEqualTo(Listeners.BODY);
            await().until(() -> node.counts().busy() == 0);
            try (RawConnection newcomer = new RawConnection(node.port())) {
                assertServed(node, newcomer);
            }
        }
    }

    @Test
    void shouldCountNothingThatIsGone() throws Exception {
        try (Listeners node = new Listeners(4, GRACE_MILLIS)) {
            for (int i = 0; i < 50; i++) {
                try (RawConnection gone = new RawConnection(node.port())) {
                    gone.send(GET_HELD);
                    await().until(() -> node.held() > 0);
                }
                node.release();
            }
            await().until(() -> node.counts().open() == 0 && node.counts().busy() == 0);
            assertThat(node.counts().refused()).isZero();
        }
    }

    /** The node's side of a request ends a moment after the client's. */
    private static void assertServed(Listeners node, RawConnection connection) throws IOException {
        long busy = node.counts().busy();
        assertThat(connection.send(GET).receive().text()).isEqualTo(Listeners.BODY);
        await().until(() -> node.counts().busy() <= busy);
    }

    private static void assertRefused(Answer answer) {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("BUSY").contains("connections");
        assertThat(answer.headers())
                .containsEntry("retry-after", "1")
                .containsEntry("connection", "close")
                .containsEntry("content-type", "application/problem+json");
    }

    private static RawHttp2.Answer answerAfterGoAway(RawHttp2 connection) throws IOException {
        RawHttp2.Frame frame = connection.receive();
        assertThat(frame.type()).isEqualTo(RawHttp2.GOAWAY);
        return connection.answer();
    }
}
