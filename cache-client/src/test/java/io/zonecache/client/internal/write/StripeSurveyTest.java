package io.zonecache.client.internal.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.lease.Activity;
import io.zonecache.client.internal.limit.FillMemoryQueue;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.client.internal.read.NodeFinding;
import io.zonecache.client.internal.read.StripeLayout;
import io.zonecache.client.internal.read.ZoneReader;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.internal.transport.FakeNode;
import io.zonecache.client.internal.transport.InProcessTransport;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.client.internal.view.UnknownZone;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.NodeState;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class StripeSurveyTest {

    private static final List<ZoneNode> NODES = List.of(node("a"), node("b"));
    private static final ObjectRange RANGE = new ObjectRange("s3://bucket/object", "\"1\"", 0, 10);

    private final VirtualTimer timer = new VirtualTimer();
    private final InProcessTransport transport = new InProcessTransport(timer);
    private boolean isBroken;

    /** What nodes hold, by their ids. */
    private final Map<String, StripeRecord[]> stored = new HashMap<>();

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
            StripeRecord[] held = stored.get(node.id());
            if (held != null) {
                slow.hold(RANGE.key(), held);
            }
        }
        WriteContext context = new WriteContext(
                FillConfig.defaults(),
                transport,
                noReader(),
                new UnknownZone(),
                new FillMemoryQueue(MemoryBudgetTest.ample().fills(), timer),
                ChunkCodec.DEFAULT,
                timer,
                new Random(1),
                new Activity(),
                Runnable::run);
        return StripeSurvey.ask(
                context,
                ChunkName.of(RANGE),
                KeyScheme.SHA256,
                nodes,
                Set.copyOf(NODES),
                new RequestContext(1_000, 127, null));
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
    void shouldHaveStripesOfAnotherKindReplacedAsIfTheyWereMissing() {
        CodeSpec code = CodeSpec.parse("1-of-2");
        ByteBuffer chunk = ByteBuffer.wrap(new byte[10]);
        long hashTag = RANGE.key().w0();
        long tag = RANGE.key().tagOf(chunk);
        stored.put("a", new StripeRecord[] {
            StripeRecord.encode(code, 0, 10, RANGE.key(), hashTag, chunk),
            StripeRecord.encode(code, 1, 10, RANGE.key(), hashTag, chunk)
        });
        stored.put("b", new StripeRecord[] {StripeRecord.encode(code, 1, 10, RANGE.key(), tag, chunk)});
        CompletableFuture<StripeSurvey.Result> survey = ask();
        timer.advanceMillis(20);
        assertThat(survey.join().layout()).isEqualTo(new StripeLayout(code, 10, tag));
        assertThat(survey.join().findings())
                .extracting(NodeFinding::state)
                .containsExactly(NodeFinding.State.WANTED, NodeFinding.State.HELD);
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
}
