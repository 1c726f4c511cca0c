package io.zonecache.testkit.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free TCP ports on loopback, each given once. A process holds a block of ports by listening on the first of it, so that processes that run side by
 * side don't give the same. Thread-safe.
 */
public final class Ports {

    private static final int BLOCK_PORTS = 64;
    private static final int MAX_PROBES = 10_000;
    private static final PortRange RANGE = PortRange.quiet();

    /** Of this process's blocks; open as long as it lives. */
    private static final List<ServerSocket> GUARDS = new ArrayList<>();

    private static int next;
    private static int end;

    private Ports() {}

    /** Different ports, free when they were looked at; whoever binds one must still be ready to find it taken. */
    public static synchronized List<Integer> free(int count) {
        List<Integer> ports = new ArrayList<>();
        for (int probe = 0; probe < MAX_PROBES && ports.size() < count; probe++) {
            if (next == end) {
                takeBlock();
            } else if (isFree(next)) {
                ports.add(next++);
            } else {
                next++;
            }
        }
        if (ports.size() < count) {
            throw new IllegalStateException(
                    "free ports in " + RANGE + ": " + ports.size() + " (expected: " + count + ")");
        }
        return ports;
    }

    public static int free() {
        return free(1).get(0);
    }

    /** Whether tests over IPv6 can run here. */
    public static boolean hasIpv6Loopback() {
        byte[] loopback = new byte[16];
        loopback[15] = 1;
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(loopback), 0), 1);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Another block, if its first port is to be had; the one before stays this process's own. */
    private static void takeBlock() {
        int blocks = RANGE.size() / BLOCK_PORTS;
        int first = RANGE.first() + BLOCK_PORTS * ThreadLocalRandom.current().nextInt(blocks);
        try {
            GUARDS.add(listen(first));
            next = first + 1;
            end = first + BLOCK_PORTS;
        } catch (IOException e) {
            // Another process's, or in use: the next probe looks elsewhere.
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = listen(port)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
