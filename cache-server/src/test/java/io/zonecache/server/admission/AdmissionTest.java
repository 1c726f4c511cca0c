package io.zonecache.server.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.server.admission.Admission.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AdmissionTest {

    private double queueLoad;
    private final Admission admission = new Admission(100, 1_000, () -> queueLoad);

    @Test
    void shouldAdmitEveryRankWhileThereIsRoom() {
        queueLoad = 0.74;
        assertThat(admission.admit(RequestKind.READ, 127)).isNotNull();
    }

    @Test
    void shouldShedTheHighestRanksFirstAndMoreOfThemAsItFillsUp() {
        int last = 128;
        for (double load = 0.75; load < 1; load += 0.01) {
            int highest = Admission.highestRankAt(load);
            assertThat(highest).isLessThan(last).isNotNegative();
            last = highest;
        }
        assertThat(Admission.highestRankAt(1)).isEqualTo(-1);
        assertThat(Admission.highestRankAt(5)).isEqualTo(-1);
        queueLoad = 0.9;
        assertThat(admission.admit(RequestKind.READ, 127)).isNull();
        assertThat(admission.admit(RequestKind.READ, 10)).isNotNull();
    }

    @Test
    void shouldRefuseUnleasedWritesFirstAndLeasedOnesLast() {
        queueLoad = 0.6;
        assertThat(admission.admit(RequestKind.UNLEASED_WRITE, 0)).isNull();
        assertThat(admission.admit(RequestKind.READ, 127)).isNotNull();
        queueLoad = 0.99;
        assertThat(admission.admit(RequestKind.READ, 64)).isNull();
        assertThat(admission.admit(RequestKind.LEASED_WRITE, 127)).isNotNull();
        queueLoad = 1;
        assertThat(admission.admit(RequestKind.LEASED_WRITE, 0)).isNull();
    }

    @Test
    void shouldNeverHaveMoreRequestsInFlightThanItsBound() {
        List<Ticket> tickets = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            tickets.add(admission.admit(RequestKind.LEASED_WRITE, 0));
        }
        tickets.removeIf(Objects::isNull);
        assertThat(tickets).hasSize(100);
        tickets.forEach(Ticket::close);
        tickets.forEach(Ticket::close);
        assertThat(admission.requestsInFlight()).isZero();
        assertThat(admission.load()).isZero();
    }

    @Test
    void shouldBoundTheBytesInFlightButAlwaysTakeOneRecord() {
        Ticket large = admit(RequestKind.LEASED_WRITE);
        assertThat(large.reserve(5_000)).isTrue();
        large.close();
        Ticket first = admit(RequestKind.LEASED_WRITE);
        Ticket second = admit(RequestKind.LEASED_WRITE);
        assertThat(first.reserve(700)).isTrue();
        assertThat(second.reserve(301)).isFalse();
        assertThat(second.reserve(300)).isTrue();
        assertThat(admission.bytesInFlight()).isEqualTo(1_000);
        first.close();
        second.close();
        assertThat(admission.bytesInFlight()).isZero();
    }

    @Test
    void shouldLeaveUnleasedWritesAQuarterAtMost() {
        int admitted = 0;
        while (admission.admit(RequestKind.UNLEASED_WRITE, 0) != null) {
            admitted++;
        }
        assertThat(admitted).isEqualTo(25);
    }

    @Test
    void shouldLeaveUnleasedWritesAQuarterOfTheBytes() {
        Ticket first = admit(RequestKind.UNLEASED_WRITE);
        Ticket second = admit(RequestKind.UNLEASED_WRITE);
        assertThat(first.reserve(200)).isTrue();
        assertThat(second.reserve(100)).isFalse();
        assertThat(second.reserve(50)).isTrue();
        first.close();
        assertThat(second.reserve(100)).isTrue();
        second.close();
        assertThat(admission.bytesInFlight()).isZero();
    }

    private Ticket admit(RequestKind kind) {
        Ticket ticket = admission.admit(kind, 0);
        assertThat(ticket).isNotNull();
        return Objects.requireNonNull(ticket);
    }
}
