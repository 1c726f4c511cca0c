package io.zonecache.membership.hazelcast;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.config.ListenerConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleListener;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.topic.ITopic;
import com.hazelcast.topic.Message;
import io.zonecache.membership.internal.Network;
import io.zonecache.model.HostAndPort;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One Hazelcast member at a time. Safe for concurrent use, except that one thread at a time may start. */
final class HazelcastNetwork implements Network {

    private final Consumer<byte[]> onMessage;
    private final Runnable onChange;
    private final Runnable onStop;

    private volatile @Nullable HazelcastInstance hazelcast;
    private volatile @Nullable ITopic<byte[]> topic;
    private volatile boolean merging;

    /** @param onStop the member is gone, by its own decision or by {@link #stop} */
    HazelcastNetwork(Consumer<byte[]> onMessage, Runnable onChange, Runnable onStop) {
        this.onMessage = onMessage;
        this.onChange = onChange;
        this.onStop = onStop;
    }

    /** Returns when the member runs, alone or with others. */
    void start(Config config) {
        config.addListenerConfig(new ListenerConfig(new Members()));
        config.addListenerConfig(new ListenerConfig((LifecycleListener) this::lifecycle));
        merging = false;
        HazelcastInstance started = Hazelcast.newHazelcastInstance(config);
        ITopic<byte[]> newTopic = started.getTopic(HazelcastSettings.TOPIC);
        newTopic.addMessageListener(message -> onMessage.accept(bytes(message)));
        topic = newTopic;
        hazelcast = started;
        onChange.run();
    }

    /** At once and without a word to the others, who see the connection end. */
    void stop() {
        HazelcastInstance running = hazelcast;
        hazelcast = null;
        topic = null;
        if (running != null) {
            running.getLifecycleService().terminate();
        }
    }

    @Override
    public List<Peer> members() {
        HazelcastInstance running = hazelcast;
        // A member that moves over to another cluster is in neither for a moment.
        if (running == null || merging) {
            return List.of();
        }
        try {
            List<Peer> peers = new ArrayList<>();
            for (Member member : running.getCluster().getMembers()) {
                peers.add(new Peer(text(member.getAddress()), member.getAttribute(HazelcastSettings.CARD_ATTRIBUTE)));
            }
            return peers;
        } catch (HazelcastInstanceNotActiveException e) {
            return List.of();
        }
    }

    /** As {@link HostAndPort} writes it, or as it is where a hostile member gives what is no address. */
    private static String text(Address address) {
        try {
            return new HostAndPort(address.getHost(), address.getPort()).toString();
        } catch (IllegalArgumentException e) {
            return address.getHost() + ':' + address.getPort();
        }
    }

    @Override
    public void broadcast(byte[] message) {
        ITopic<byte[]> running = topic;
        if (running != null && !merging) {
            try {
                running.publish(message);
            } catch (HazelcastInstanceNotActiveException e) {
                // Stopped meanwhile; what matters is said again.
                topic = null;
            }
        }
    }

    /** Empty, which no message is, where a stranger sent something else. */
    private static byte[] bytes(Message<byte[]> message) {
        try {
            Object found = message.getMessageObject();
            return found instanceof byte[] bytes ? bytes : new byte[0];
        } catch (HazelcastSerializationException e) {
            return new byte[0];
        }
    }

    /** For tests that act as a hostile member. */
    void broadcastObject(Object message) {
        HazelcastInstance running = hazelcast;
        if (running != null) {
            running.getTopic(HazelcastSettings.TOPIC).publish(message);
        }
    }

    private void lifecycle(LifecycleEvent event) {
        switch (event.getState()) {
            case MERGING -> merging = true;
            case MERGED, MERGE_FAILED -> {
                merging = false;
                onChange.run();
            }
            case SHUTDOWN -> onStop.run();
            default -> {}
        }
    }

    private final class Members implements MembershipListener {
        @Override
        public void memberAdded(MembershipEvent event) {
            onChange.run();
        }

        @Override
        public void memberRemoved(MembershipEvent event) {
            onChange.run();
        }
    }
}
