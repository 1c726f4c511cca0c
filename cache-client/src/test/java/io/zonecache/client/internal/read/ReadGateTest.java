package io.zonecache.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.model.CacheException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReadGateTest {

    @Test
    void shouldRunWaitingTasksInTurnAsOthersLeave() {
        ReadGate gate = new ReadGate(2, 2, MemoryBudgetTest.ample().reads());
        List<Integer> ran = new ArrayList<>();
        List<RoundMemory> held = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int task = i;
            gate.enter(memory -> {
                ran.add(task);
                held.add(memory);
            });
        }
        assertThat(ran).containsExactly(0, 1);
        assertThatThrownBy(() -> gate.enter(memory -> ran.add(9)))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("waiting in this client: 2 (expected: fewer than 2)");
        gate.leave(held.get(0));
        assertThat(ran).containsExactly(0, 1, 2);
        gate.leave(held.get(1));
        gate.leave(held.get(2));
        gate.leave(held.get(3));
        gate.enter(memory -> ran.add(5));
        assertThat(ran).containsExactly(0, 1, 2, 3, 5);
    }

    @Test
    void shouldAdmitByBytesAsChunksOfLateHaveTaken() {
        MemoryBudget budget = new MemoryBudget(10_000_000, 1_000);
        ReadGate gate = new ReadGate(1_000, 1_000, budget.reads());
        gate.seen(2_000_000);
        List<RoundMemory> held = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            gate.enter(held::add);
        }
        assertThat(held).as("of 2 MB each").hasSize(4);
        assertThat(budget.inFlightBytes()).isEqualTo(8_000_000);
        held.forEach(memory -> assertThat(memory.tryUseForChunk(100_000)).isTrue());
        List.copyOf(held).forEach(RoundMemory::trim);
        assertThat(held).as("more, as those have turned out smaller").hasSizeGreaterThan(4);
        while (!held.isEmpty()) {
            gate.leave(held.remove(0));
        }
        assertThat(budget.inFlightBytes()).isZero();
        for (int i = 0; i < 100; i++) {
            gate.seen(100_000);
        }
        gate.enter(held::add);
        assertThat(budget.inFlightBytes()).as("the estimate").isBetween(100_000L, 110_000L);
    }

    @Test
    void shouldLetARoundThatIsRequeuedGoFirstOnceThereIsEnough() {
        MemoryBudget budget = new MemoryBudget(10_000_000, 1_000);
        ReadGate gate = new ReadGate(1_000, 1_000, budget.reads());
        gate.seen(4_000_000);
        List<String> ran = new ArrayList<>();
        List<RoundMemory> held = new ArrayList<>();
        gate.enter(held::add);
        gate.enter(held::add);
        gate.enter(memory -> ran.add("third"));
        assertThat(held.get(0).tryUseForChunk(9_000_000)).isFalse();
        gate.requeue(held.get(0), 9_000_000, memory -> {
            ran.add("back");
            assertThat(budget.inFlightBytes()).isEqualTo(9_000_000);
            gate.leave(memory);
        });
        assertThat(ran).as("what is free is kept for it").isEmpty();
        gate.leave(held.get(1));
        assertThat(ran).containsExactly("back", "third");
    }

    @Test
    void shouldGiveNothingOnceReleased() {
        MemoryBudget budget = new MemoryBudget(10_000_000, 1_000);
        List<RoundMemory> held = new ArrayList<>();
        new ReadGate(1, 1, budget.reads()).enter(held::add);
        held.get(0).release();
        held.get(0).release();
        assertThat(held.get(0).tryUse(1)).isFalse();
        assertThat(budget.inFlightBytes()).isZero();
    }
}
