package io.zonecache.chaos.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PacerTest {

    @Test
    void shouldGiveTurnsAtOnceWithoutABound() throws InterruptedException {
        Pacer pacer = new Pacer(Pacer.UNLIMITED);
        for (int turn = 0; turn < 1_000; turn++) {
            assertThat(pacer.awaitTurn()).isTrue();
        }
    }

    @Test
    void shouldGiveNoTurnSoonerThanItsRateAllows() throws InterruptedException {
        long start = System.nanoTime();
        Pacer pacer = new Pacer(200);
        for (int turn = 0; turn <= 20; turn++) {
            assertThat(pacer.awaitTurn()).isTrue();
        }
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(100_000_000L);
    }

    @Test
    void shouldLetWaitersGoWhenAPaceIsSetAndWhenItIsClosed() {
        Pacer pacer = new Pacer(0);
        assertThat(turnOf(pacer, () -> pacer.set(1_000))).isTrue();
        pacer.set(0);
        assertThat(turnOf(pacer, pacer::close)).isFalse();
    }

    private static boolean turnOf(Pacer pacer, Runnable then) {
        CompletableFuture<Boolean> turn = CompletableFuture.supplyAsync(() -> {
            try {
                return pacer.awaitTurn();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(turn.isDone()).isFalse();
        then.run();
        return turn.join();
    }
}
