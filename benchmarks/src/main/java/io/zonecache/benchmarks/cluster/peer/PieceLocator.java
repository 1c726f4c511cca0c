package io.zonecache.benchmarks.cluster.peer;

import com.google.code.yanf4j.core.Session;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.ToIntFunction;
import net.rubyeye.xmemcached.impl.AbstractMemcachedSessionLocator;
import org.jspecify.annotations.Nullable;

/** Takes any connection to the server that a key names. Thread-safe. */
final class PieceLocator extends AbstractMemcachedSessionLocator {

    private final List<Integer> ports;
    private final ToIntFunction<String> serverOf;
    private volatile List<List<Session>> sessions = List.of();

    /**
     * @param ports of the servers
     * @param serverOf the index in {@code ports} of a key's server
     */
    PieceLocator(List<Integer> ports, ToIntFunction<String> serverOf) {
        this.ports = List.copyOf(ports);
        this.serverOf = serverOf;
    }

    @Override
    public @Nullable Session getSessionByKey(String key) {
        int server = serverOf.applyAsInt(key);
        List<List<Session>> now = sessions;
        if (server >= now.size() || now.get(server).isEmpty()) {
            return null;
        }
        List<Session> open = now.get(server);
        return open.get(ThreadLocalRandom.current().nextInt(open.size()));
    }

    @Override
    public void updateSessions(Collection<Session> all) {
        sessions = ports.stream()
                .map(port -> all.stream()
                        .filter(session -> session.getRemoteSocketAddress().getPort() == port)
                        .toList())
                .toList();
    }
}
