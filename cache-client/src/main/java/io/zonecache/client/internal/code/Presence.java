package io.zonecache.client.internal.code;

import io.zonecache.model.CodeSpec;

/** Checks which stripes a caller declares as present. */
final class Presence {

    private Presence() {}

    static int count(boolean[] present) {
        int count = 0;
        for (boolean one : present) {
            count += one ? 1 : 0;
        }
        return count;
    }

    static void requireEnough(CodeSpec spec, boolean[] present) {
        if (present.length != spec.stripes() || count(present) < spec.data()) {
            throw new IllegalArgumentException("stripes present: " + count(present) + " of " + present.length
                    + " (expected: at least " + spec.data() + " of " + spec.stripes() + ")");
        }
    }

    /** The first data stripe that is absent, or -1 if none is. */
    static int firstAbsentData(CodeSpec spec, boolean[] present) {
        requireEnough(spec, present);
        for (int i = 0; i < spec.data(); i++) {
            if (!present[i]) {
                return i;
            }
        }
        return -1;
    }
}
