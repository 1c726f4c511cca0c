package io.zonecache.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class TokenBucketTest {

    private final AtomicLong nanos = new AtomicLong(TimeUnit.HOURS.toNanos(1));

    private void advanceMillis(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private static int spendAll(TokenBucket bucket) {
        int spent = 0;
        while (bucket.trySpend(1)) {
            spent++;
        }
        return spent;
    }

    @Test
    void shouldGiveOneTokenForTenSuccesses() {
        TokenBucket bucket = new TokenBucket(0.1, 0, 10, 10, nanos::get);
        assertThat(spendAll(bucket)).isEqualTo(10);
        for (int i = 1; i <= 100; i++) {
            bucket.earn();
            assertThat(bucket.trySpend(1)).as("after %d successes", i).isEqualTo(i % 10 == 0);
        }
    }

    @Test
    void shouldGiveOneTokenEachSecondHoweverLittleSucceeds() {
        TokenBucket bucket = new TokenBucket(0.1, 1, 3, 3, nanos::get);
        assertThat(spendAll(bucket)).isEqualTo(3);
        for (int second = 0; second < 5; second++) {
            advanceMillis(999);
            assertThat(bucket.trySpend(1)).isFalse();
            advanceMillis(1);
            assertThat(spendAll(bucket)).isEqualTo(1);
        }
    }

    @Test
    void shouldSaveNoMoreThanItsBound() {
        TokenBucket bucket = new TokenBucket(0.1, 1, 3, 3, nanos::get);
        advanceMillis(3_600_000);
        for (int i = 0; i < 1_000; i++) {
            bucket.earn();
        }
        assertThat(bucket.trySpend(4)).isFalse();
        assertThat(spendAll(bucket)).isEqualTo(3);
    }

    @Test
    void shouldBeginWithItsInitialTokens() {
        TokenBucket bucket = new TokenBucket(0.05, 0, 10, 1, nanos::get);
        assertThat(spendAll(bucket)).isEqualTo(1);
        advanceMillis(3_600_000);
        assertThat(spendAll(bucket))
                .as("after an hour in which nothing was earned")
                .isZero();
    }

    @Test
    void shouldTakeAllOrNothing() {
        TokenBucket bucket = new TokenBucket(0.1, 0, 10, 3, nanos::get);
        assertThat(bucket.trySpend(4)).isFalse();
        assertThat(bucket.trySpend(3)).isTrue();
        assertThat(bucket.trySpend(1)).isFalse();
    }
}
