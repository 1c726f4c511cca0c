package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.time.VirtualTimer;
import org.junit.jupiter.api.Test;

final class EarnedBudgetTest {

    private final VirtualTimer timer = new VirtualTimer();

    private static int spendAll(EarnedBudget budget) {
        int spent = 0;
        while (budget.trySpend(1)) {
            spent++;
        }
        return spent;
    }

    @Test
    void shouldGiveOneExtraForTenSuccesses() {
        EarnedBudget budget = new EarnedBudget(0.1, 0, 10, timer::nanoTime);
        assertThat(spendAll(budget)).isEqualTo(10);
        for (int i = 1; i <= 100; i++) {
            budget.earn();
            assertThat(budget.trySpend(1)).as("after %d successes", i).isEqualTo(i % 10 == 0);
        }
    }

    @Test
    void shouldGiveOneExtraEachSecondHoweverLittleSucceeds() {
        EarnedBudget budget = new EarnedBudget(0.1, 1, 3, timer::nanoTime);
        assertThat(spendAll(budget)).isEqualTo(3);
        for (int second = 0; second < 5; second++) {
            timer.advanceMillis(999);
            assertThat(budget.trySpend(1)).isFalse();
            timer.advanceMillis(1);
            assertThat(spendAll(budget)).isEqualTo(1);
        }
    }

    @Test
    void shouldSaveNoMoreThanItsBound() {
        EarnedBudget budget = new EarnedBudget(0.1, 1, 3, timer::nanoTime);
        timer.advanceMillis(3_600_000);
        for (int i = 0; i < 1_000; i++) {
            budget.earn();
        }
        assertThat(budget.trySpend(4)).isFalse();
        assertThat(spendAll(budget)).isEqualTo(3);
    }
}
