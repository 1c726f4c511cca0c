package io.zonecache.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonecache.testkit.process.Ports;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node that listens on IPv6. */
class Ipv6NodeTest {

    @TempDir
    Path directory;

    @BeforeEach
    void needsIpv6() {
        assumeTrue(Ports.hasIpv6Loopback(), "this machine has no ::1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"::", "[::]"})
    void shouldTakeConnectionsOfBothFamiliesOnAllAddresses(String bind) throws Exception {
        try (TestNode node = TestNode.start(directory, Map.of("bind", bind, "advertise-host", "::1"))) {
            assertThat(node.node().address()).isEqualTo("[::1]:" + node.port());
            for (String host : new String[] {"[::1]", "127.0.0.1"}) {
                assertThat(status(host, node.port(), "/v1/view")).isEqualTo(200);
                assertThat(status(host, node.node().adminPort(), "/health/ready"))
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void shouldAdvertiseTheAddressItListensOnInBrackets() throws Exception {
        try (TestNode node = TestNode.start(directory, Map.of("bind", "0:0::1"))) {
            assertThat(node.node().address()).isEqualTo("[::1]:" + node.port());
            URI view = URI.create("http://" + node.node().address() + "/v1/view");
            assertThat(new String(Http.get(view).body(), StandardCharsets.UTF_8))
                    .contains("\"address\":\"" + node.node().address() + '"');
        }
    }

    private static int status(String host, int port, String path) throws Exception {
        return Http.get(URI.create("http://" + host + ':' + port + path)).statusCode();
    }
}
