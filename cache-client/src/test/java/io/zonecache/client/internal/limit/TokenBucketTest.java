package io.zonecache.client.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.time.VirtualTimer;
import org.junit.jupiter.api.Test;

final class TokenBucketTest {

    private final VirtualTimer timer = new VirtualTimer();

    private static int spendAll(TokenBucket bucket) {
        int spent = 0;
        while (bucket.trySpend(1)) {
            spent++;
        }
        return spent;
    }

    @Test
    void shouldGiveOneTokenForTenSuccesses() {
        TokenBucket bucket = new TokenBucket(0.1, 0, 10, 10, timer::nanoTime);
        assertThat(spendAll(bucket)).isEqualTo(10);
        for (int i = 1; i <= 100; i++) {
            bucket.earn();
            assertThat(bucket.trySpend(1)).as("after %d successes", i).isEqualTo(i % 10 == 0);
        }
    }

    @Test
    void shouldGiveOneTokenEachSecondHoweverLittleSucceeds() {
        TokenBucket bucket = new TokenBucket(0.1, 1, 3, 3, timer::nanoTime);
        assertThat(spendAll(bucket)).isEqualTo(3);
        for (int second = 0; second < 5; second++) {
            timer.advanceMillis(999);
            assertThat(bucket.trySpend(1)).isFalse();
            timer.advanceMillis(1);
            assertThat(spendAll(bucket)).isEqualTo(1);
        }
    }

    @Test
    void shouldSaveNoMoreThanItsBound() {
        TokenBucket bucket = new TokenBucket(0.1, 1, 3, 3, timer::nanoTime);
        timer.advanceMillis(3_600_000);
        for (int i = 0; i < 1_000; i++) {
            bucket.earn();
        }
        assertThat(bucket.trySpend(4)).isFalse();
        assertThat(spendAll(bucket)).isEqualTo(3);
    }

    @Test
    void shouldBeginWithItsInitialTokens() {
        TokenBucket bucket = new TokenBucket(0.05, 0, 10, 1, timer::nanoTime);
        assertThat(spendAll(bucket)).isEqualTo(1);
        timer.advanceMillis(3_600_000);
        assertThat(spendAll(bucket))
                .as("after an hour in which nothing was earned")
                .isZero();
    }

    @Test
    void shouldTakeAllOrNothing() {
        TokenBucket bucket = new TokenBucket(0.1, 0, 10, 3, timer::nanoTime);
        assertThat(bucket.trySpend(4)).isFalse();
        assertThat(bucket.trySpend(3)).isTrue();
        assertThat(bucket.trySpend(1)).isFalse();
    }
}
