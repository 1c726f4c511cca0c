package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EffectiveCapacityTest {

    private static final long MIB = 1 << 20;
    private static final long CAPACITY = 1024 * MIB;
    private static final long SEGMENT = 32 * MIB;

    private final EffectiveCapacity capacity = new EffectiveCapacity(CAPACITY, SEGMENT, 0);

    @Test
    void shouldBeTheCapacityWhereTheDiskHasRoomForIt() {
        capacity.update(0, Long.MAX_VALUE, 0);
        assertThat(capacity.bytes()).isEqualTo(CAPACITY);
        capacity.update(CAPACITY, 100 * MIB, 0);
        assertThat(capacity.bytes()).isEqualTo(CAPACITY);
    }

    @Test
    void shouldLeaveRoomForWhatTheDirectoryMayExceedItsCapacityByAndAReserve() {
        capacity.update(0, 300 * MIB, 0);
        assertThat(capacity.bytes()).isEqualTo((300 - 8 - 16) * MIB);
        capacity.update(100 * MIB, 200 * MIB, 0);
        assertThat(capacity.bytes()).as("what it takes itself counts").isEqualTo((300 - 8 - 16) * MIB);
    }

    @Test
    void shouldFallAtOnceAndRiseSlowly() {
        capacity.update(0, 800 * MIB, 0);
        capacity.update(0, 300 * MIB, 1);
        long low = capacity.bytes();
        assertThat(low).isEqualTo(276 * MIB);
        capacity.update(0, 800 * MIB, 900);
        assertThat(capacity.bytes()).as("within a second").isEqualTo(low);
        capacity.update(0, 800 * MIB, 10_001);
        assertThat(capacity.bytes()).as("ten seconds later").isEqualTo(low + 10 * (CAPACITY / 100));
        capacity.update(0, 800 * MIB, 1_000_000);
        assertThat(capacity.bytes()).as("later").isEqualTo((800 - 8) * MIB / 21 * 20);
    }

    @Test
    void shouldNotFallBelowItsFloorWhateverElseFillsTheDisk() {
        capacity.update(500 * MIB, 0, 0);
        capacity.update(0, 0, 1);
        assertThat(capacity.bytes()).isEqualTo(4 * SEGMENT).isEqualTo(capacity.floorBytes());
        EffectiveCapacity large = new EffectiveCapacity(1024 * CAPACITY, SEGMENT, 0);
        large.update(0, 0, 0);
        assertThat(large.bytes()).isEqualTo(64 * CAPACITY);
    }

    @Test
    void shouldNeverTakeMoreThanTheDiskHasWithAllThatItMayExceedItBy() {
        for (long room = 200 * MIB; room < CAPACITY; room += 7 * MIB + 13) {
            EffectiveCapacity each = new EffectiveCapacity(CAPACITY, SEGMENT, 0);
            each.update(room / 3, room - room / 3, 0);
            SpaceBudget budget = new SpaceBudget(each.bytes(), SEGMENT);
            assertThat(Math.max(each.bytes() + 16 * MIB, each.bytes() + each.bytes() / 20))
                    .isLessThanOrEqualTo(room - EffectiveCapacity.RESERVE_BYTES);
            assertThat(budget.putUntilBytes(0)).isLessThan(room - EffectiveCapacity.RESERVE_BYTES);
        }
    }
}
