package io.zonecache.client.internal.transport;

import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Finds contexts that are spread over the event loops: a deployment is the public way to them in Vert.x. */
final class EventLoops {

    private EventLoops() {}

    /** Waits for them, so it must not be called on an event loop. */
    static List<Context> contexts(Vertx vertx, int eventLoops) {
        Queue<Context> found = new ConcurrentLinkedQueue<>();
        vertx.deployVerticle(() -> new ContextFinder(found), new DeploymentOptions().setInstances(eventLoops))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        return List.copyOf(found);
    }

    /** Vert.x requires a separate object for each instance. */
    private static final class ContextFinder implements Deployable {

        private final Queue<Context> found;

        ContextFinder(Queue<Context> found) {
            this.found = found;
        }

        @Override
        public Future<?> deploy(Context context) {
            found.add(context);
            return Future.succeededFuture();
        }
    }
}
