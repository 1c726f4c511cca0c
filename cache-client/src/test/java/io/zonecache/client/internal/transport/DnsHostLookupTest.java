package io.zonecache.client.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddresses;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a DNS server of the test's own, which lets its answers be kept for an hour. */
final class DnsHostLookupTest {

    private static final long LONG_MILLIS = 60_000;
    private static final Duration MOVED = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    private final Map<String, List<String>> names = new ConcurrentHashMap<>();
    private final AtomicInteger queries = new AtomicInteger();
    private DatagramSocket server;
    private DnsHostLookup lookup;

    @BeforeEach
    void open() throws Exception {
        server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "dns-server");
        thread.setDaemon(true);
        thread.start();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
        Files.writeString(hosts(), "127.0.0.1 localhost\n");
        lookup = new DnsHostLookup(
                vertx.getOrCreateContext(),
                hosts().toFile(),
                host -> DnsServerAddresses.singleton(address).stream(),
                LONG_MILLIS);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void shouldFindAllAddressesOfBothFamilies() throws Exception {
        names.put("node.test.", List.of("10.0.0.1", "fd00::1", "10.0.0.2"));
        assertThat(addresses("node.test.")).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2", "fd00:0:0:0:0:0:0:1");
        names.put("six.test.", List.of("fd00::6"));
        assertThat(addresses("six.test.")).containsExactly("fd00:0:0:0:0:0:0:6");
    }

    @Test
    void shouldFailForAnErrorWhileLookingUp() {
        DnsServerAddressStreamProvider failing = host -> {
            throw new NoClassDefFoundError("as the test has it");
        };
        lookup = new DnsHostLookup(vertx.getOrCreateContext(), hosts().toFile(), failing, 500);
        assertThatThrownBy(() -> addresses("node.test.")).isInstanceOf(ExecutionException.class);
    }

    @Test
    void shouldSeeANameMoveWithinSecondsWhateverItsTimeToLive() throws Exception {
        names.put("node.test.", List.of("10.0.0.1"));
        assertThat(addresses("node.test.")).containsExactly("10.0.0.1");
        names.put("node.test.", List.of("10.0.0.9"));
        await().atMost(MOVED).until(() -> addresses("node.test.").equals(List.of("10.0.0.9")));
    }

    @Test
    void shouldAskOnceForManyConnectionsOpenedAtOnce() throws Exception {
        names.put("node.test.", List.of("10.0.0.1"));
        addresses("node.test.");
        int once = queries.get();
        for (int i = 0; i < 20; i++) {
            addresses("node.test.");
        }
        // A second may end meanwhile, or several on a slow machine.
        assertThat(queries.get()).isLessThan(10 * once);
    }

    @Test
    void shouldFailForANameThatIsNotThereAndFindItOnceItIs() throws Exception {
        assertThatThrownBy(() -> addresses("node.test.")).hasCauseInstanceOf(UnknownHostException.class);
        names.put("node.test.", List.of("10.0.0.1"));
        assertThat(addresses("node.test.")).containsExactly("10.0.0.1");
    }

    @Test
    void shouldReadTheHostsFileAnewAndFirst() throws Exception {
        names.put("node.test.", List.of("10.0.0.1"));
        Files.writeString(hosts(), "127.0.0.1 localhost\n10.0.0.5 Node.test\nfd00::5 node.test\n");
        assertThat(addresses("node.test")).containsExactly("10.0.0.5", "fd00:0:0:0:0:0:0:5");
        Files.writeString(hosts(), "10.0.0.6 node.test\n");
        assertThat(addresses("node.test")).containsExactly("10.0.0.6");
    }

    private Path hosts() {
        return directory.resolve("hosts");
    }

    private List<String> addresses(String host) throws Exception {
        return lookup.addresses(host).toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS).stream()
                .map(InetAddress::getHostAddress)
                .toList();
    }

    private void serve() {
        byte[] bytes = new byte[1_500];
        try {
            while (true) {
                DatagramPacket query = new DatagramPacket(bytes, bytes.length);
                server.receive(query);
                queries.incrementAndGet();
                byte[] answer = answer(Arrays.copyOf(bytes, query.getLength()));
                server.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    /** The question again, and a record for each address of the family asked for. */
    private byte[] answer(byte[] bytes) throws IOException {
        ByteBuffer query = ByteBuffer.wrap(bytes);
        short id = query.getShort();
        query.position(12);
        StringBuilder name = new StringBuilder();
        for (int length = query.get(); length > 0; length = query.get()) {
            for (int i = 0; i < length; i++) {
                name.append((char) query.get());
            }
            name.append('.');
        }
        short type = query.getShort();
        query.getShort();
        byte[] question = Arrays.copyOfRange(bytes, 12, query.position());
        List<String> known = names.get(name.toString());
        int familyBytes = type == 1 ? 4 : 16;
        ByteBuffer answer = ByteBuffer.allocate(1_500);
        answer.putShort(id).putShort((short) (known == null ? 0x8583 : 0x8580)).putShort((short) 1);
        int countAt = answer.position();
        answer.putShort((short) 0).putInt(0).put(question);
        short count = 0;
        for (String text : known == null ? List.<String>of() : known) {
            byte[] address = InetAddress.getByName(text).getAddress();
            if (address.length == familyBytes) {
                answer.putShort((short) 0xC00C)
                        .putShort(type)
                        .putShort((short) 1)
                        .putInt(3_600);
                answer.putShort((short) address.length).put(address);
                count++;
            }
        }
        answer.putShort(countAt, count);
        return Arrays.copyOf(answer.array(), answer.position());
    }
}
