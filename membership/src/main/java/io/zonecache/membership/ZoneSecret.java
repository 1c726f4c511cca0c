package io.zonecache.membership;

/** What the nodes of a zone share, and strangers don't: the key of the seal on views and member records. Never printed. */
public final class ZoneSecret {

    /** Without a secret whoever reaches the cluster port can enter the zone. */
    public static final ZoneSecret NONE = new ZoneSecret(new byte[0]);

    private final byte[] bytes;

    private ZoneSecret(byte[] bytes) {
        this.bytes = bytes;
    }

    public static ZoneSecret of(byte[] bytes) {
        return new ZoneSecret(bytes.clone());
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    @Override
    public String toString() {
        return isEmpty() ? "none" : "***";
    }
}
