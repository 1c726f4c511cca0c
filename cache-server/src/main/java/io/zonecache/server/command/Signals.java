package io.zonecache.server.command;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and SIGINT as events. The JVM's own handling runs shutdown hooks at the first and ignores the second, which is the one that
 * says hurry. {@code sun.misc.Signal} (module jdk.unsupported) is the only way to hear it; javac warns of the name without a way to
 * say otherwise, hence the reflection.
 */
final class Signals {

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
    private static final List<String> NAMES = List.of("TERM", "INT");

    private Signals() {}

    /** Calls this at every SIGTERM and SIGINT, on a thread of its own; where this JVM does not tell of them, never. */
    static void listen(Runnable listener) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            InvocationHandler calls = (proxy, method, args) -> {
                if (method.getName().equals("handle")) {
                    listener.run();
                }
                return null;
            };
            Object handler = Proxy.newProxyInstance(handlerType.getClassLoader(), new Class<?>[] {handlerType}, calls);
            for (String name : NAMES) {
                Object signal = signalType.getConstructor(String.class).newInstance(name);
                Object former =
                        signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
                LOG.trace("SIG{} was handled by {}", name, former);
            }
        } catch (ReflectiveOperationException e) {
            LOG.warn("signals: {} (expected: sun.misc.Signal); a second SIGTERM will not hurry", e.toString());
        }
    }
}
