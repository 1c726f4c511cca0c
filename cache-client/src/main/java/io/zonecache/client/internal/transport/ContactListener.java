package io.zonecache.client.internal.transport;

import io.zonecache.model.ZoneNode;
import org.jspecify.annotations.Nullable;

/** Is notified of evidence that a node can or can't be reached, whatever it is asked for. Called on event loops; must not block. */
public interface ContactListener {

    ContactListener NONE = new ContactListener() {
        @Override
        public void answered(String address, @Nullable ZoneNode node) {}

        @Override
        public Attempt connecting(String address) {
            return isUnanswered -> {};
        }
    };

    /**
     * The head of an answer has come, of whatever kind.
     *
     * @param node null if only its address is known
     */
    void answered(String address, @Nullable ZoneNode node);

    /** A connection is being opened, the lookup of the name included. */
    Attempt connecting(String address);

    /** An attempt to connect. */
    @FunctionalInterface
    interface Attempt {

        /**
         * It has ended. Called once.
         *
         * @param isUnanswered whether there was no outcome in time, as opposed to a connection, a refusal, or a shortage of this client's own
         */
        void ended(boolean isUnanswered);
    }
}
