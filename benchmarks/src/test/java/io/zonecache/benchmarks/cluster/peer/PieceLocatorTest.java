package io.zonecache.benchmarks.cluster.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.code.yanf4j.core.Session;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PieceLocatorTest {

    private final PieceLocator locator = new PieceLocator(List.of(7001, 7002), Integer::parseInt);

    @Test
    void shouldUseEveryConnectionOfTheServerThatTheKeyNamesAndNoOther() {
        Session first = session(7001);
        Session second = session(7002);
        Session third = session(7002);
        locator.updateSessions(List.of(second, first, third));

        Set<Session> used = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            assertThat(locator.getSessionByKey("0")).isSameAs(first);
            used.add(locator.getSessionByKey("1"));
        }
        assertThat(used).containsExactlyInAnyOrder(second, third);
    }

    @Test
    void shouldHaveNoneForAServerThatIsGone() {
        assertThat(locator.getSessionByKey("0")).isNull();
        locator.updateSessions(List.of(session(7001)));
        assertThat(locator.getSessionByKey("1")).isNull();
    }

    private static Session session(int port) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return (Session) Proxy.newProxyInstance(
                Session.class.getClassLoader(),
                new Class<?>[] {Session.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getRemoteSocketAddress" -> address;
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }
}
