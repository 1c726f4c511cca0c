package io.zonecache.client.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.transport.DialException.Handshake;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class Http2FallbackTest {

    private static final long START = Long.MAX_VALUE - 1_000;

    private final Http2Fallback fallback = new Http2Fallback();

    @Test
    void shouldUseHttp1ForAMinuteWithWhatAnswersInAnotherProtocol() {
        fallback.failed(Handshake.NOT_HTTP_2, START);
        assertThat(fallback.isActive(after(59))).isTrue();
        assertThat(fallback.isActive(after(60))).isFalse();
    }

    @Test
    void shouldNotTakeOneClosedConnectionForAnotherProtocol() {
        fallback.failed(Handshake.CLOSED, START);
        assertThat(fallback.isActive(START)).isFalse();
        fallback.opened();
        fallback.failed(Handshake.CLOSED, START);
        assertThat(fallback.isActive(START)).as("not two in a row").isFalse();
    }

    @Test
    void shouldUseHttp1ForAShortTimeAfterTwoClosedConnectionsInARow() {
        fallback.failed(Handshake.CLOSED, START);
        fallback.failed(Handshake.NOT_BEGUN, START);
        fallback.failed(Handshake.CLOSED, START);
        assertThat(fallback.isActive(after(4))).isTrue();
        assertThat(fallback.isActive(after(5))).isFalse();
        fallback.failed(Handshake.CLOSED, after(5));
        assertThat(fallback.isActive(after(6))).as("and one more").isTrue();
    }

    private static long after(long seconds) {
        return START + TimeUnit.SECONDS.toNanos(seconds);
    }
}
