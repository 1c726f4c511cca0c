package io.zonecache.client.internal.transport;

import static io.zonecache.client.internal.transport.ReplyTimeLimits.Status.OUT_OF_TIME;
import static io.zonecache.client.internal.transport.ReplyTimeLimits.Status.SILENT;
import static io.zonecache.client.internal.transport.ReplyTimeLimits.Status.WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReplyTimeLimitsTest {

    /** As if the clock had wrapped a moment ago. */
    private static final long START = Long.MAX_VALUE - 1_000;

    private final ReplyTimeLimits limits = new ReplyTimeLimits(START, 5_000, 500);

    @Test
    void shouldNotCountSilenceBeforeTheRequestIsOnItsWay() {
        assertThat(limits.dueNanos()).isEqualTo(at(5_000));
        assertThat(limits.check(at(3_000), at(3_000))).isEqualTo(WAIT);
        assertThat(limits.wasSent()).isFalse();
        limits.sent(at(3_000));
        assertThat(limits.wasSent()).isTrue();
        assertThat(limits.dueNanos()).isEqualTo(at(3_500));
        assertThat(limits.check(at(3_499), at(3_499))).isEqualTo(WAIT);
        assertThat(limits.check(at(3_500), at(3_500))).isEqualTo(SILENT);
    }

    @Test
    void shouldCountSilenceAnewAfterEachWord() {
        limits.sent(at(0));
        for (int millis = 400; millis <= 4_400; millis += 400) {
            limits.heard(at(millis));
            assertThat(limits.check(at(millis + 399), at(millis + 399))).isEqualTo(WAIT);
        }
        limits.heard(at(4_800));
        assertThat(limits.dueNanos()).isEqualTo(at(5_000));
        assertThat(limits.check(at(5_000), at(5_000))).isEqualTo(OUT_OF_TIME);
    }

    @Test
    void shouldNotCountTimeInWhichARetriedRequestWaitsForItsConnection() {
        limits.sent(at(0));
        limits.unsent();
        assertThat(limits.check(at(2_000), at(500))).isEqualTo(WAIT);
        assertThat(limits.dueNanos()).isEqualTo(at(5_000));
        assertThat(limits.wasSent()).isTrue();
    }

    @Test
    void shouldGrantAStallOfTheEventLoopOnceMoreAndThenNoMore() {
        limits.sent(at(0));
        assertThat(limits.check(at(800), at(500))).isEqualTo(WAIT);
        assertThat(limits.dueNanos()).isEqualTo(at(1_100));
        assertThat(limits.check(at(1_100), at(1_100))).isEqualTo(SILENT);
    }

    @Test
    void shouldBoundWhatStallsAdd() {
        limits.sent(at(0));
        assertThat(limits.check(at(4_000), at(500))).isEqualTo(WAIT);
        assertThat(limits.dueNanos()).isEqualTo(at(4_500));
        assertThat(limits.check(at(4_900), at(4_500))).isEqualTo(SILENT);
    }

    @Test
    void shouldReadWhatHasComeBeforeItEndsAfterAStall() {
        limits.sent(at(0));
        limits.heard(at(4_900));
        assertThat(limits.check(at(5_300), at(5_000))).isEqualTo(WAIT);
        long due = limits.dueNanos();
        assertThat(due).isEqualTo(at(5_350));
        assertThat(limits.check(due, due)).isEqualTo(OUT_OF_TIME);
    }

    @Test
    void shouldEndOnTimeWhatWasNeverSent() {
        assertThat(limits.check(at(6_000), at(5_000))).isEqualTo(OUT_OF_TIME);
        assertThat(limits.leftMillis(at(1_000))).isEqualTo(4_000);
        assertThat(limits.leftMillis(at(9_000))).isEqualTo(1);
    }

    private static long at(long millis) {
        return START + TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
