package io.zonecache.testkit.network;

import io.zonecache.testkit.time.VirtualClock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Carries messages between named endpoints in virtual time. Every message may take a while, be lost, be dropped by a partition or a
 * black hole, or be refused; all that is random comes from one generator, so a seed tells the whole run. For each message it draws at
 * most twice and always in this order: whether the message is lost (only if any are), and its delay.
 *
 * <p>Faults count when they meet a message: a partition and loss when it is sent, the receiver's state when it arrives. What was on
 * its way when a partition began still arrives. Where the delay is {@link Delay#NONE}, a message arrives within the call that sends it;
 * otherwise in a task of the clock, be the delay 0. Not thread-safe.
 */
public final class SimulatedNetwork {

    private static final int PERCENT = 100;

    private final VirtualClock clock;
    private final Random random;
    private final Map<String, Supplier<EndpointState>> endpoints = new HashMap<>();
    private final Map<String, Delay> delays = new HashMap<>();
    private final Map<String, Integer> sides = new HashMap<>();
    private final Map<String, Set<String>> blocked = new HashMap<>();
    private final Map<String, Long> stalledUntilNanos = new HashMap<>();
    private Delay delay = Delay.NONE;
    private int lossPercent;
    private long sent;
    private long delivered;
    private long refused;
    private long lost;
    private long dropped;

    /** @param random seeded by the caller, who may draw from it too */
    public SimulatedNetwork(VirtualClock clock, Random random) {
        this.clock = clock;
        this.random = random;
    }

    // ---- endpoints

    /** Adds an endpoint that is always up. */
    public void attach(String name) {
        attach(name, () -> EndpointState.UP);
    }

    /** Adds an endpoint, or replaces it: its owner says at each message's arrival what state it is in. */
    public void attach(String name, Supplier<EndpointState> state) {
        endpoints.put(name, state);
    }

    /** From now on nobody listens there. */
    public void detach(String name) {
        endpoints.remove(name);
    }

    /** What arrives during the next while waits for its end, as with a process that gets no processor. */
    public void stall(String name, long nanos) {
        stalledUntilNanos.put(name, clock.nanoTime() + nanos);
    }

    /** For how long what arrives there now would wait. */
    public long stalledNanos(String name) {
        Long until = stalledUntilNanos.get(name);
        return until == null ? 0 : Math.max(0, until - clock.nanoTime());
    }

    // ---- links

    /** How long a message is on its way, unless its receiver has a delay of its own. */
    public void setDelay(Delay delay) {
        this.delay = delay;
    }

    /** How long messages to this endpoint are on their way. */
    public void setDelayTo(String name, Delay delayTo) {
        delays.put(name, delayTo);
    }

    /** @param percent 0, none, to 100, all */
    public void setLossPercent(int percent) {
        if (percent < 0 || percent > PERCENT) {
            throw new IllegalArgumentException("loss: " + percent + " % (expected: 0 to 100)");
        }
        this.lossPercent = percent;
    }

    /** Splits the network: endpoints reach those of their own side only, in either direction. All begin on side 0. */
    public void putOnSide(String name, int side) {
        sides.put(name, side);
    }

    public int side(String name) {
        return sides.getOrDefault(name, 0);
    }

    /** Drops what the one sends to the other, but not what comes back. */
    public void block(String from, String to) {
        blocked.computeIfAbsent(from, name -> new HashSet<>()).add(to);
    }

    /** Ends all partitions, in both directions and in one. */
    public void heal() {
        sides.clear();
        blocked.clear();
    }

    /** Whether no partition keeps the one's messages from the other, whatever the state of either. */
    public boolean connects(String from, String to) {
        return side(from) == side(to) && !blocked.getOrDefault(from, Set.of()).contains(to);
    }

    // ---- traffic

    /** Sends a message that needs no answer; {@code onArrival} is the receiver's reaction. */
    public void send(String from, String to, Runnable onArrival) {
        carry(from, to, delayTo(to), onArrival, () -> {});
    }

    /** The same with a delay of this message's own. */
    public void send(String from, String to, Delay way, Runnable onArrival) {
        carry(from, to, way, onArrival, () -> {});
    }

    /**
     * Sends a request.
     *
     * @param handler the receiver's reaction; gives its answer, at once or later, to the consumer that it gets
     * @param onAnswer what the caller does with the answer
     * @param onRefused what the caller does if nobody listens there. If the request or the answer is lost or dropped, the caller
     *     hears nothing at all
     */
    public <A> void call(
            String from, String to, Consumer<Consumer<A>> handler, Consumer<A> onAnswer, Runnable onRefused) {
        Runnable onArrival = () -> handler.accept(answer -> send(to, from, () -> onAnswer.accept(answer)));
        carry(from, to, delayTo(to), onArrival, onRefused);
    }

    private Delay delayTo(String name) {
        return delays.getOrDefault(name, delay);
    }

    private void carry(String from, String to, Delay way, Runnable onArrival, Runnable onRefused) {
        sent++;
        if (!connects(from, to) || state(from) == EndpointState.BLACK_HOLE) {
            dropped++;
            return;
        }
        if (lossPercent > 0 && random.nextInt(PERCENT) < lossPercent) {
            lost++;
            return;
        }
        long nanos = stalledNanos(to) + way.nextNanos(random);
        if (way == Delay.NONE && nanos == 0) {
            arrive(to, onArrival, onRefused);
        } else {
            clock.schedule(nanos, () -> arrive(to, onArrival, onRefused));
        }
    }

    private void arrive(String to, Runnable onArrival, Runnable onRefused) {
        switch (state(to)) {
            case UP -> {
                delivered++;
                onArrival.run();
            }
            case REFUSING -> {
                refused++;
                onRefused.run();
            }
            case BLACK_HOLE -> dropped++;
        }
    }

    private EndpointState state(String name) {
        Supplier<EndpointState> owner = endpoints.get(name);
        return owner == null ? EndpointState.REFUSING : owner.get();
    }

    /** What became of all messages so far. */
    public NetworkCounts counts() {
        return new NetworkCounts(sent, delivered, refused, lost, dropped);
    }
}
