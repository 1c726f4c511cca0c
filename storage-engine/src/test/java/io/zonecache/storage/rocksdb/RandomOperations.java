package io.zonecache.storage.rocksdb;

import io.zonecache.model.StripeRecord;
import io.zonecache.storage.StripeStore;
import io.zonecache.storage.StripeStore.Lookup;
import io.zonecache.storage.TestStripes;
import java.util.Random;

/** A sequence of operations on a store that follows from a seed: two processes agree on it without talking. */
final class RandomOperations {

    /** Stripes are numbered below this. */
    static final int NUMBERS = 400;

    private static final int VERSIONS = 1_000;

    private final Random random;

    RandomOperations(long seed) {
        this.random = new Random(seed);
    }

    Operation next() {
        int number = random.nextInt(NUMBERS);
        int version = random.nextInt(VERSIONS);
        int percent = random.nextInt(100);
        if (percent < 60) {
            return new Operation(Kind.PUT, number, version);
        }
        return new Operation(percent < 92 ? Kind.LOOKUP : Kind.DROP, number, version);
    }

    static StripeRecord record(int number, int version) {
        return TestStripes.record(number, payloadBytes(number), version);
    }

    private static int payloadBytes(int number) {
        return 100 + number * 60;
    }

    enum Kind {
        PUT,
        LOOKUP,
        DROP
    }

    record Operation(Kind kind, int number, int version) {

        void runOn(StripeStore store) {
            switch (kind) {
                case PUT -> TestStripes.put(store, record(number, version));
                case DROP -> store.drop(TestStripes.key(number));
                case LOOKUP -> {
                    if (store.lookup(TestStripes.key(number)) instanceof Lookup.Hot hot) {
                        hot.records().release();
                    }
                }
            }
        }

        /** Of payload and header. */
        int bytesPut() {
            return kind == Kind.PUT ? payloadBytes(number) + StripeRecord.HEADER_BYTES : 0;
        }
    }
}
