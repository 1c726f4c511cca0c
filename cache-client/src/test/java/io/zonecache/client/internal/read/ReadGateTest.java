package io.zonecache.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.model.CacheException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class ReadGateTest {

    private static void enter(ReadGate gate, Consumer<RoundMemory> task) {
        gate.enter(gate.ticket(0, task));
    }

    private static void leave(ReadGate gate, RoundMemory memory) {
        gate.leave(memory);
        gate.serve();
    }

    @Test
    void shouldRunWaitingTasksInTurnAsOthersLeave() {
        ReadGate gate = new ReadGate(2, 2, MemoryBudgetTest.ample().reads());
        List<Integer> ran = new ArrayList<>();
        List<RoundMemory> held = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int task = i;
            enter(gate, memory -> {
                ran.add(task);
                held.add(memory);
            });
        }
        assertThat(ran).containsExactly(0, 1);
        assertThatThrownBy(() -> enter(gate, memory -> ran.add(9)))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("waiting in this client: 2 (expected: fewer than 2)");
        leave(gate, held.get(0));
        assertThat(ran).containsExactly(0, 1, 2);
        leave(gate, held.get(1));
        leave(gate, held.get(2));
        leave(gate, held.get(3));
        enter(gate, memory -> ran.add(5));
        assertThat(ran).containsExactly(0, 1, 2, 3, 5);
    }

    @Test
    void shouldAdmitByBytesAsChunksOfLateHaveTaken() {
        MemoryBudget budget = new MemoryBudget(10_000_000, 1_000);
        ReadGate gate = new ReadGate(1_000, 1_000, budget.reads());
        gate.estimate.record(2_000_000);
        List<RoundMemory> held = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            enter(gate, held::add);
        }
        assertThat(held).as("of 2 MB each").hasSize(4);
        assertThat(budget.inFlightBytes()).isEqualTo(8_000_000);
        held.forEach(memory -> assertThat(memory.tryUseForChunk(100_000)).isTrue());
        List.copyOf(held).forEach(RoundMemory::trim);
        assertThat(held).as("more, as those have turned out smaller").hasSizeGreaterThan(4);
        while (!held.isEmpty()) {
            leave(gate, held.remove(0));
        }
        assertThat(budget.inFlightBytes()).isZero();
        for (int i = 0; i < 100; i++) {
            gate.estimate.record(100_000);
        }
        enter(gate, held::add);
        assertThat(budget.inFlightBytes()).as("the estimate").isBetween(100_000L, 110_000L);
    }

    @Test
    void shouldLetARoundThatIsRequeuedGoFirstOnceThereIsEnough() {
        MemoryBudget budget = new MemoryBudget(10_000_000, 1_000);
        ReadGate gate = new ReadGate(1_000, 1_000, budget.reads());
        gate.estimate.record(4_000_000);
        List<String> ran = new ArrayList<>();
        List<RoundMemory> held = new ArrayList<>();
        enter(gate, held::add);
        enter(gate, held::add);
        enter(gate, memory -> ran.add("third"));
        assertThat(held.get(0).tryUseForChunk(9_000_000)).isFalse();
        gate.leave(held.get(0));
        gate.enterFirst(gate.ticket(9_000_000, memory -> {
            ran.add("back");
            assertThat(budget.inFlightBytes()).isEqualTo(9_000_000);
            leave(gate, memory);
        }));
        assertThat(ran).as("what is free is kept for it").isEmpty();
        leave(gate, held.get(1));
        assertThat(ran).containsExactly("back", "third");
    }

    @Test
    void shouldGiveNothingOnceReleased() {
        MemoryBudget budget = new MemoryBudget(10_000_000, 1_000);
        List<RoundMemory> held = new ArrayList<>();
        enter(new ReadGate(1, 1, budget.reads()), held::add);
        held.get(0).release();
        held.get(0).release();
        assertThat(held.get(0).tryUse(1)).isFalse();
        assertThat(budget.inFlightBytes()).isZero();
    }

    @Test
    void shouldAdmitAndReleaseAsEverWhereAListenerOfTheBudgetThrows() {
        MemoryBudget budget = new MemoryBudget(10_000_000, 1_000);
        ReadGate gate = new ReadGate(1, 1, budget.reads());
        budget.onChange(() -> {
            throw new IllegalStateException("listener");
        });
        List<RoundMemory> held = new ArrayList<>();
        enter(gate, held::add);
        assertThat(held).hasSize(1);
        gate.leave(held.get(0));
        assertThat(budget.inFlightBytes()).isZero();
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void shouldForgetATicketThatIsCancelledBeforeItEnters() {
        ReadGate gate = new ReadGate(1, 1, MemoryBudgetTest.ample().reads());
        ReadGate.Ticket ticket = gate.ticket(0, memory -> fail("run"));
        ticket.cancel();
        gate.enter(ticket);
        gate.enterFirst(ticket);
        assertThat(gate.inFlight() + gate.waiting()).isZero();
    }
}
