package io.zonecache.client.internal.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.lease.Activity;
import io.zonecache.client.internal.limit.FillMemoryQueue;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.client.internal.read.ZoneReader;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.internal.transport.FakeNode;
import io.zonecache.client.internal.transport.InProcessTransport;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.client.internal.view.ZoneKnowledge;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import java.lang.reflect.Proxy;
import java.util.AbstractList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class StripeSurveyTest {

    private static final List<ZoneNode> NODES = List.of(node("a"), node("b"));

    private final VirtualTimer timer = new VirtualTimer();
    private final InProcessTransport transport = new InProcessTransport(timer);
    private boolean isBroken;

    /** The nodes, as long as nothing is broken. */
    private final List<ZoneNode> nodes = new AbstractList<>() {
        @Override
        public ZoneNode get(int index) {
            if (isBroken) {
                throw new NoClassDefFoundError("injected");
            }
            return NODES.get(index);
        }

        @Override
        public int size() {
            return NODES.size();
        }
    };

    private CompletableFuture<StripeSurvey.Result> ask() {
        for (ZoneNode node : NODES) {
            FakeNode slow = new FakeNode();
            slow.delayMillis = 10;
            transport.add(node.id(), slow);
        }
        WriteContext context = new WriteContext(
                FillConfig.defaults(),
                transport,
                noReader(),
                new EmptyZone(),
                new FillMemoryQueue(MemoryBudgetTest.ample().fills(), timer),
                ChunkCodec.DEFAULT,
                timer,
                new Random(1),
                new Activity(),
                Runnable::run);
        return StripeSurvey.ask(
                context, new ChunkKey(1, 2, 3, 4), nodes, Set.copyOf(NODES), new RequestContext(1_000, 127, null));
    }

    @Test
    void shouldEndOnceEachNodeHasAnswered() {
        CompletableFuture<StripeSurvey.Result> survey = ask();
        assertThat(survey).isNotDone();
        timer.advanceMillis(20);
        assertThat(survey).isCompleted();
        assertThat(survey.join().stripesHeld()).isZero();
        assertThat(survey.join().nodesUnknown()).isZero();
    }

    @Test
    void shouldFailWhereTheAnswersCannotBeEvaluated() {
        CompletableFuture<StripeSurvey.Result> survey = ask();
        isBroken = true;
        timer.advanceMillis(20);
        assertThat(survey).isCompletedExceptionally();
    }

    private static ZoneReader noReader() {
        return (ZoneReader) Proxy.newProxyInstance(
                ZoneReader.class.getClassLoader(), new Class<?>[] {ZoneReader.class}, (proxy, method, args) -> {
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    private static ZoneNode node(String id) {
        return new ZoneNode(id, id + ":7400", id, 1, NodeState.UP);
    }

    private static final class EmptyZone implements ZoneKnowledge {

        @Override
        public @Nullable KnownView current() {
            return null;
        }

        @Override
        public CompletableFuture<Void> known() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> refresh() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public @Nullable String unreachableReason() {
            return null;
        }

        @Override
        public boolean isSkipped(ZoneNode node) {
            return false;
        }

        @Override
        public boolean isSilent(ZoneNode node) {
            return false;
        }
    }
}
