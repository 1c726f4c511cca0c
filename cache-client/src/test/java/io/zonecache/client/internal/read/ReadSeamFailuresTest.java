package io.zonecache.client.internal.read;

import static io.zonecache.client.internal.read.OverRequestReaderTest.assertHit;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.client.internal.node.NodeListener;
import io.zonecache.client.internal.node.NodeTracker;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.FakeNode.Mode;
import io.zonecache.client.internal.transport.StripeSink;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every collaborator of a read throws at every call that a read makes, one call at a time: nothing stays taken. */
final class ReadSeamFailuresTest {

    private static final byte[] CHUNK = ReadHarness.chunk(1, 40_003);

    /** What is thrown. */
    private enum Thrown {
        EXCEPTION,
        LINKAGE_ERROR,
        OUT_OF_MEMORY,
        REJECTED;

        void now(String where) {
            switch (this) {
                case EXCEPTION -> throw new IllegalStateException(where);
                case LINKAGE_ERROR -> throw new NoClassDefFoundError(where);
                case OUT_OF_MEMORY -> throw new OutOfMemoryError(where);
                case REJECTED -> throw new RejectedExecutionException(where);
            }
        }
    }

    /** What nodes do meanwhile, so that each step of a read is reached. */
    private enum Zone {
        HEALTHY,
        CORRUPT_STRIPE,
        BUSY,
        SILENT,
        MISSING
    }

    /** Throws at one of the calls that go through it. */
    private static final class Bomb {

        final Thrown thrown;
        int callsLeft;
        boolean hasThrown;

        Bomb(Thrown thrown, int callsLeft) {
            this.thrown = thrown;
            this.callsLeft = callsLeft;
        }

        void call(String where) {
            if (callsLeft-- == 0) {
                hasThrown = true;
                thrown.now(where);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldHoldNothingWhateverThrowsWherever(Thrown thrown) {
        for (Zone state : Zone.values()) {
            boolean hasThrown = true;
            for (int call = 0; hasThrown; call++) {
                hasThrown = endsClean(state, new Bomb(thrown, call));
            }
        }
    }

    /** @return whether anything was thrown */
    private static boolean endsClean(Zone state, Bomb bomb) {
        MemoryBudget memory = MemoryBudgetTest.ample();
        ReadHarness zone = new ReadHarness("4-of-6", 6);
        ChunkKey key = prepare(zone, state);
        NodeTracker nodeTracker = new NodeTracker(zone.timer, zone.timer::nanoTime, NodeListener.NONE);
        OverRequestReader reader = new OverRequestReader(
                transport(zone, bomb),
                views(zone, bomb),
                nodeTracker,
                timer(zone, bomb),
                new Random(1),
                ReadOptions.DEFAULT,
                memory.reads(),
                listener(bomb),
                searches(bomb));
        String where = state + ", " + bomb.thrown;
        CompletableFuture<ZoneRead> read =
                reader.read(reader.begin(key, null, null, zone.timer.nanoTime() + 3_000_000_000L));
        zone.timer.advanceMillis(6_000);
        assertThat(read).as(where).isDone();
        assertThat(reader.roundsUnderWay()).as(where).isZero();
        assertThat(reader.roundsWaiting()).as(where).isZero();
        assertThat(memory.inFlightBytes()).as(where).isZero();
        boolean hasThrown = bomb.hasThrown;
        bomb.callsLeft = -1;
        zone.setAll(Mode.SERVING);
        zone.fill(CHUNK);
        zone.timer.advanceMillis(10_000);
        for (int i = 0; i < 3; i++) {
            // The first may be the one that finds out that the zone is back.
            CompletableFuture<ZoneRead> again =
                    reader.read(reader.begin(key, null, null, zone.timer.nanoTime() + 3_000_000_000L));
            zone.timer.advanceMillis(1_000);
            assertThat(again).as(where).isDone();
        }
        assertHit(reader.read(reader.begin(key, null, null, zone.timer.nanoTime() + 3_000_000_000L)), CHUNK);
        return hasThrown;
    }

    private static ChunkKey prepare(ReadHarness zone, Zone state) {
        ChunkKey key = zone.fill(CHUNK);
        switch (state) {
            case HEALTHY -> {}
            case CORRUPT_STRIPE ->
                zone.at(key, 1)
                        .hold(
                                key,
                                OverRequestReaderTest.corrupted(
                                        zone.records(CHUNK).get(1)));
            case BUSY -> zone.setAll(Mode.BUSY);
            case SILENT -> zone.setAll(Mode.SILENT);
            case MISSING -> zone.transport.nodes.values().forEach(node -> node.drop(key));
        }
        return key;
    }

    /** Throws before the call, or out of the sink while an answer comes. */
    private static StripeTransport transport(ReadHarness zone, Bomb bomb) {
        return proxy(StripeTransport.class, zone.transport, (name, arguments) -> {
            bomb.call(name);
            for (int i = 0; i < arguments.length; i++) {
                if (arguments[i] instanceof StripeSink sink) {
                    arguments[i] = (StripeSink) header -> sink.accept(header);
                    sink.written();
                }
            }
        });
    }

    private static Supplier<@Nullable KnownView> views(ReadHarness zone, Bomb bomb) {
        return () -> {
            bomb.call("views");
            return zone.view;
        };
    }

    private static ClientTimer timer(ReadHarness zone, Bomb bomb) {
        return proxy(ClientTimer.class, zone.timer, (name, arguments) -> {
            if (name.equals("schedule")) {
                bomb.call(name);
                Runnable task = (Runnable) arguments[1];
                // As the real timer's executor does.
                arguments[1] = (Runnable) () -> {
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) {
                        assertThat(bomb.hasThrown).as("thrown by %s", e).isTrue();
                    }
                };
            }
        });
    }

    private static ReadListener listener(Bomb bomb) {
        return new ReadListener() {
            @Override
            public void hit(ChunkKey key) {
                bomb.call("hit");
            }

            @Override
            public void repairable(ChunkKey key, ByteBuffer chunk, CodeSpec code, List<NodeFinding> findings) {
                bomb.call("repairable");
            }
        };
    }

    private static Executor searches(Bomb bomb) {
        return search -> {
            bomb.call("search");
            search.run();
        };
    }

    private interface Before {
        void call(String name, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, T target, Before before) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            Object[] arguments = given == null ? new Object[0] : given.clone();
            before.call(method.getName(), arguments);
            try {
                return method.invoke(target, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }
}
