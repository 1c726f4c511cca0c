package io.zonecache.client.internal.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.local.PurgeListener;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.internal.transport.InProcessTransport;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.PurgePage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PurgeTrackerTest {

    private static final String A = "a:7400";
    private static final String B = "b:7400";
    private static final ChunkKey ONE = new ChunkKey(1, 0, 0, 0);
    private static final ChunkKey TWO = new ChunkKey(2, 0, 0, 0);

    private final VirtualTimer timer = new VirtualTimer();
    private final InProcessTransport transport = new InProcessTransport(timer);
    private final List<ChunkKey> dropped = new ArrayList<>();
    private int emptied;
    private int timerFailures;
    private int listenerFailures;

    private final PurgeTracker tracker = new PurgeTracker(
            transport,
            failingTimer(),
            new Random(1),
            new PurgeListener() {
                @Override
                public void purged(Collection<ChunkKey> keys) {
                    if (listenerFailures-- > 0) {
                        throw new NoClassDefFoundError("injected");
                    }
                    dropped.addAll(keys);
                }

                @Override
                public void purgedUnknownKeys() {
                    emptied++;
                }
            },
            1_000);

    private void answers(String address, PurgePage... pages) {
        transport.purgePages.put(address, new ArrayDeque<>(List.of(pages)));
    }

    private static PurgePage page(String token, boolean more, ChunkKey... keys) {
        return new PurgePage(token, true, more, List.of(keys));
    }

    @Test
    void shouldAskForWhatWasPurgedSinceTheLastToken() {
        transport.announcePurges(A, "0-a");
        answers(A, page("1-b", false, ONE), page("2-c", false, TWO));
        transport.announcePurges(A, "1-b");
        timer.advanceMillis(1_000);
        assertThat(dropped).containsExactly(ONE);
        transport.announcePurges(A, "1-b");
        transport.announcePurges(A, "2-c");
        timer.advanceMillis(1_000);
        assertThat(dropped).containsExactly(ONE, TWO);
        assertThat(transport.purgeQuestions).containsExactly(A + " 0-a", A + " 1-b");
    }

    @Test
    void shouldFollowEachNodeByItself() {
        transport.announcePurges(A, "0-a");
        transport.announcePurges(B, "0-a");
        answers(A, page("1-b", false, ONE));
        answers(B, page("1-b", false, ONE));
        transport.announcePurges(A, "1-b");
        timer.advanceMillis(1_000);
        transport.announcePurges(B, "1-b");
        timer.advanceMillis(1_000);
        assertThat(dropped).as("B may have served it after A listed it").containsExactly(ONE, ONE);
    }

    @Test
    void shouldAskANodeThatItHasNotHeardBeforeWithATokenOfAnotherOne() {
        transport.announcePurges(A, "3-c");
        transport.announcePurges(B, "3-c");
        assertThat(tracker.token(B)).isEqualTo("3-c");
        answers("c:7400", page("4-d", false, TWO));
        transport.announcePurges("c:7400", "4-d");
        timer.advanceMillis(1_000);
        assertThat(transport.purgeQuestions).containsExactly("c:7400 3-c");
        assertThat(dropped).containsExactly(TWO);
    }

    @Test
    void shouldReadAllPagesBeforeItIsCaughtUp() {
        transport.announcePurges(A, "0-a");
        answers(A, page("1-b", true, ONE), page("2-c", false, TWO));
        transport.announcePurges(A, "2-c");
        assertThat(tracker.caughtUp(A)).isNotDone();
        timer.advanceMillis(1_000);
        assertThat(dropped).containsExactly(ONE, TWO);
        assertThat(tracker.caughtUp(A)).isDone();
        assertThat(tracker.token(A)).isEqualTo("2-c");
    }

    @Test
    void shouldDropEverythingWhereANodeDoesNotKnowTheToken() {
        transport.announcePurges(A, "5-e");
        answers(A, new PurgePage("1-x", false, false, List.of()));
        transport.announcePurges(A, "1-x");
        emptied = 0;
        timer.advanceMillis(1_000);
        assertThat(emptied).isEqualTo(1);
        assertThat(tracker.token(A)).isEqualTo("1-x");
    }

    @Test
    void shouldDropWhatWasCachedBeforeTheFirstTokenOfAll() {
        transport.announcePurges(A, "1-b");
        assertThat(emptied).isEqualTo(1);
        transport.announcePurges(A, "1-b");
        transport.announcePurges(B, "1-b");
        timer.advanceMillis(60_000);
        assertThat(emptied).isEqualTo(1);
        tracker.retain(List.of("c:7400"));
        transport.announcePurges("c:7400", "2-c");
        assertThat(emptied).as("no token is known of any node").isEqualTo(2);
    }

    @Test
    void shouldDropKeysOnceMoreWhenAllNodesHaveHeardOfThem() {
        transport.announcePurges(A, "0-a");
        answers(A, page("1-b", false, ONE));
        transport.announcePurges(A, "1-b");
        timer.advanceMillis(1_000);
        assertThat(dropped).containsExactly(ONE);
        timer.advanceMillis(60_000);
        assertThat(dropped).containsExactly(ONE, ONE);
    }

    @Test
    void shouldDropEverythingOnceMoreWhereTheKeysAreTooManyToRemember() {
        transport.announcePurges(A, "0-a");
        ChunkKey[] keys = new ChunkKey[1_024];
        Arrays.setAll(keys, i -> new ChunkKey(i, 1, 0, 0));
        PurgePage[] pages = new PurgePage[17];
        Arrays.setAll(pages, i -> page("1-b", i < 16, keys));
        answers(A, pages);
        transport.announcePurges(A, "1-b");
        emptied = 0;
        timer.advanceMillis(60_000);
        assertThat(dropped).hasSize((17 + 16) * 1_024);
        assertThat(emptied).isEqualTo(1);
        dropped.clear();
        answers(A, page("2-c", false, TWO));
        transport.announcePurges(A, "2-c");
        timer.advanceMillis(60_000);
        assertThat(dropped).as("there is room again").containsExactly(TWO, TWO);
    }

    @Test
    void shouldAskANodeThatDoesNotAnswerOnceASecond() {
        transport.announcePurges(A, "0-a");
        for (int i = 0; i < 100; i++) {
            transport.announcePurges(A, "1-b");
            timer.advanceMillis(100);
        }
        assertThat(transport.purgeQuestions).hasSizeBetween(6, 11);
        answers(A, page("1-b", false, ONE));
        timer.advanceMillis(2_000);
        transport.announcePurges(A, "1-b");
        timer.advanceMillis(1_000);
        assertThat(dropped).containsExactly(ONE);
    }

    @Test
    void shouldIgnoreWhatIsNoToken() {
        transport.announcePurges(A, "0-a");
        transport.announcePurges(A, "2-c&since=0");
        transport.announcePurges(A, "x".repeat(65));
        timer.advanceMillis(2_000);
        assertThat(transport.purgeQuestions).isEmpty();
    }

    @Test
    void shouldAskANodeAgainThoughTheTimerFailed() {
        transport.announcePurges(A, "0-a");
        answers(A, page("1-b", false, ONE));
        timerFailures = 1;
        transport.announcePurges(A, "1-b");
        assertThat(tracker.caughtUp(A)).isCompleted();
        transport.announcePurges(A, "1-b");
        timer.advanceMillis(1_000);
        assertThat(dropped).containsExactly(ONE);
    }

    @Test
    void shouldAskANodeAgainThoughTheTimerOfTheRetryFailed() {
        transport.announcePurges(A, "0-a");
        transport.announcePurges(A, "1-b");
        timerFailures = 2;
        timer.advanceMillis(2_000);
        timerFailures = 0;
        assertThat(tracker.caughtUp(A)).isCompleted();
        answers(A, page("1-b", false, ONE));
        transport.announcePurges(A, "1-b");
        timer.advanceMillis(1_000);
        assertThat(dropped).containsExactly(ONE);
    }

    @Test
    void shouldAskForKeysAgainThatCouldNotBeDropped() {
        transport.announcePurges(A, "0-a");
        answers(A, page("1-b", false, ONE), page("1-b", false, ONE));
        listenerFailures = 1;
        transport.announcePurges(A, "1-b");
        timer.advanceMillis(2_000);
        assertThat(tracker.token(A)).isEqualTo("0-a");
        transport.announcePurges(A, "1-b");
        timer.advanceMillis(1_000);
        assertThat(dropped).containsExactly(ONE);
    }

    @Test
    void shouldNotTakeAPageWhoseTokenIsNone() {
        transport.announcePurges(A, "0-a");
        answers(A, page("1-b\r\nHost: b", false, ONE), page("1-b", false, ONE));
        transport.announcePurges(A, "1-b");
        timer.advanceMillis(2_000);
        assertThat(tracker.token(A)).isEqualTo("0-a");
        transport.announcePurges(A, "1-b");
        timer.advanceMillis(1_000);
        assertThat(transport.purgeQuestions).containsExactly(A + " 0-a", A + " 0-a");
        assertThat(tracker.token(A)).isEqualTo("1-b");
    }

    @Test
    void shouldPauseWhereANodeHasMoreAndMore() {
        transport.announcePurges(A, "0-a");
        Queue<PurgePage> endless = new ArrayDeque<>();
        for (int i = 0; i < 1_000; i++) {
            endless.add(page("1-b", true, ONE));
        }
        transport.purgePages.put(A, endless);
        transport.announcePurges(A, "2-c");
        timer.advanceMillis(500);
        assertThat(transport.purgeQuestions).hasSize(64);
        assertThat(tracker.caughtUp(A)).isNotDone();
        timer.advanceMillis(1_000);
        assertThat(tracker.caughtUp(A)).isCompleted();
        assertThat(transport.purgeQuestions).hasSize(64);
    }

    private ClientTimer failingTimer() {
        return new ClientTimer() {
            @Override
            public long nanoTime() {
                return timer.nanoTime();
            }

            @Override
            public Scheduled schedule(long delayNanos, Runnable task) {
                if (timerFailures-- > 0) {
                    throw new NoClassDefFoundError("injected");
                }
                return timer.schedule(delayNanos, task);
            }
        };
    }

    @Test
    void shouldForgetNodesThatAreGone() {
        transport.announcePurges(A, "0-a");
        transport.announcePurges(B, "0-a");
        tracker.retain(List.of(B));
        assertThat(tracker.token(A)).isNull();
        assertThat(tracker.token(B)).isEqualTo("0-a");
    }
}
