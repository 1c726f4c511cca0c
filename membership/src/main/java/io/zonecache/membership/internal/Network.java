package io.zonecache.membership.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whom a member can see, and a way to tell them all something; neither is trusted. */
public interface Network {

    /** Those present, this process included, in the order in which they joined; empty while it has none. */
    List<Peer> members();

    /** Best effort, to all of them, this process perhaps included. Must not block. */
    void broadcast(byte[] message);

    /**
     * @param address where the member really is
     * @param card its sealed card as text, or null where it shows none
     */
    record Peer(String address, @Nullable String card) {}
}
