package io.zonecache.client.internal.transport;

import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import io.zonecache.model.ZoneView;
import java.util.List;
import java.util.concurrent.CompletableFuture;

final class InProcessTransportTest extends StripeTransportContract {

    private final VirtualTimer timer = new VirtualTimer();
    private final InProcessTransport transport = new InProcessTransport(timer);
    private final ZoneNode node = node("n0", "10.0.0.1:7400");

    InProcessTransportTest() {
        FakeNode fake = new FakeNode();
        fake.epoch = 1_000;
        transport.add(node.id(), fake);
        ZoneSettings settings = new ZoneSettings("test", 1, KeyScheme.SHA256, CODE, 1, 64, 4, 100);
        transport.views.put(node.address(), ViewJson.encode(new ZoneView(settings, 1_000, List.of(node))));
    }

    @Override
    StripeTransport transport() {
        return transport;
    }

    @Override
    ZoneNode node() {
        return node;
    }

    @Override
    ZoneNode nobody() {
        return node("nobody", "10.0.0.2:7400");
    }

    @Override
    <T> T get(CompletableFuture<T> future) {
        timer.advanceMillis(10_000);
        return future.join();
    }
}
