package io.zonecache.model;

/** How parity stripes are computed; {@link #wireId} is byte 4 of a stripe record. */
public enum CodeName {
    /** No parity, or one stripe that is the XOR of the data stripes. */
    XOR(0),
    /** Backblaze's Vandermonde matrix over GF(2^8) with the polynomial 0x11D; any number of parity stripes. */
    REED_SOLOMON(1);

    private final int wireId;

    CodeName(int wireId) {
        this.wireId = wireId;
    }

    public int wireId() {
        return wireId;
    }
}
