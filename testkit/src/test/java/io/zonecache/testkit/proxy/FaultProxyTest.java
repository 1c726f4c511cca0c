package io.zonecache.testkit.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.zonecache.testkit.oracle.ChunkOracle;
import io.zonecache.testkit.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {

    private static final int BYTES = 200_000;
    private static final byte[] DATA = new ChunkOracle(1, BYTES).chunk(0);

    /** Held, since a socket that nobody holds is closed by the collector. */
    private final Queue<Socket> answered = new ConcurrentLinkedQueue<>();

    private ServerSocket target;
    private Thread server;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        target = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        server = new Thread(this::answerAll, "target");
        server.setDaemon(true);
        server.start();
        proxy = FaultProxy.to("127.0.0.1", target.getLocalPort());
    }

    /** Answers each connection's first byte with the data, and leaves it open. */
    private void answerAll() {
        while (!target.isClosed()) {
            try {
                Socket socket = target.accept();
                answered.add(socket);
                if (socket.getInputStream().read() >= 0) {
                    socket.getOutputStream().write(DATA);
                }
            } catch (IOException e) {
                if (!target.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        stopTarget();
        for (Socket socket : answered) {
            socket.close();
        }
    }

    /** It listens until its thread has heard of it. */
    private void stopTarget() throws Exception {
        target.close();
        server.join(20_000);
        assertThat(server.isAlive()).isFalse();
    }

    @Test
    void shouldPassEverythingOn() throws IOException {
        try (Socket socket = ask()) {
            assertThat(socket.getInputStream().readNBytes(BYTES)).isEqualTo(DATA);
            assertThat(proxy.connections()).isEqualTo(1);
        }
        await().until(() -> proxy.connections() == 0);
    }

    @Test
    void shouldSendNewConnectionsToAnotherTarget() throws IOException {
        try (FaultProxy moved = FaultProxy.to("127.0.0.1", Ports.free())) {
            moved.setTarget("127.0.0.1", target.getLocalPort());
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), moved.port())) {
                socket.getOutputStream().write(1);
                assertThat(socket.getInputStream().readNBytes(BYTES)).isEqualTo(DATA);
            }
        }
    }

    @Test
    void shouldDelay() throws IOException {
        proxy.set(new ProxyFault.Delay(150));
        long start = System.nanoTime();
        try (Socket socket = ask()) {
            assertThat(socket.getInputStream().readNBytes(BYTES)).isEqualTo(DATA);
        }
        assertThat(System.nanoTime() - start).isGreaterThan(150_000_000L);
    }

    @Test
    void shouldLagAndKeepTheOrderWhenTheLagEnds() throws IOException {
        proxy.set(new ProxyFault.Lag(150));
        long start = System.nanoTime();
        try (Socket socket = ask()) {
            assertThat(socket.getInputStream().read()).isEqualTo(DATA[0] & 0xFF);
            assertThat(System.nanoTime() - start).isGreaterThan(150_000_000L);
            proxy.set(new ProxyFault.None());
            assertThat(socket.getInputStream().readNBytes(BYTES - 1)).isEqualTo(Arrays.copyOfRange(DATA, 1, BYTES));
        }
    }

    @Test
    void shouldTrickle() throws IOException {
        proxy.set(new ProxyFault.Trickle(20_000, 20));
        long start = System.nanoTime();
        try (Socket socket = ask()) {
            assertThat(socket.getInputStream().readNBytes(BYTES)).isEqualTo(DATA);
        }
        assertThat(System.nanoTime() - start).isGreaterThan(5 * 20_000_000L);
    }

    /** Both connections together take as long as their bytes need on one link. */
    @Test
    void shouldShareABandwidthAmongConnections() throws IOException {
        proxy.set(new ProxyFault.Bandwidth(BYTES * 5L));
        long start = System.nanoTime();
        try (Socket first = ask();
                Socket second = ask()) {
            assertThat(first.getInputStream().readNBytes(BYTES)).isEqualTo(DATA);
            assertThat(second.getInputStream().readNBytes(BYTES)).isEqualTo(DATA);
        }
        assertThat(System.nanoTime() - start).isGreaterThan(2 * 200_000_000L - 50_000_000L);
    }

    @Test
    void shouldBreakInTheMiddle() throws IOException {
        proxy.set(new ProxyFault.BreakAfter(1_234));
        try (Socket socket = ask()) {
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(Arrays.copyOf(DATA, 1_234));
        }
    }

    @Test
    void shouldFlipBitsAtFixedPlaces() throws IOException {
        proxy.set(new ProxyFault.FlipBits(50_000));
        byte[] expected = DATA.clone();
        for (int at = 49_999; at < BYTES; at += 50_000) {
            expected[at] ^= 1;
        }
        try (Socket socket = ask()) {
            assertThat(socket.getInputStream().readNBytes(BYTES)).isEqualTo(expected);
        }
    }

    @Test
    void shouldSwallowEverythingAndStayOpen() throws IOException {
        proxy.set(new ProxyFault.BlackHole());
        try (Socket socket = ask()) {
            socket.setSoTimeout(200);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            await().until(() -> proxy.connections() == 1);
        }
    }

    @Test
    void shouldBreakAllConnectionsAndTakeNewOnes() throws IOException {
        try (Socket first = ask()) {
            assertThat(first.getInputStream().readNBytes(BYTES)).hasSize(BYTES);
            proxy.breakAll();
            assertThat(first.getInputStream().read()).isEqualTo(-1);
        }
        try (Socket second = ask()) {
            assertThat(second.getInputStream().readNBytes(BYTES)).isEqualTo(DATA);
        }
    }

    @Test
    void shouldCloseWhenTheTargetIsGone() throws Exception {
        stopTarget();
        try (Socket socket = ask()) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    private Socket ask() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(1);
        return socket;
    }
}
