package io.zonecache.benchmarks.cluster.peer;

import io.zonecache.testkit.process.ManagedProcess;
import io.zonecache.testkit.process.Ports;
import io.zonecache.testkit.process.ProgramCommand;
import io.zonecache.testkit.process.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import net.rubyeye.xmemcached.MemcachedClient;
import net.rubyeye.xmemcached.MemcachedSessionLocator;
import net.rubyeye.xmemcached.XMemcachedClientBuilder;
import net.rubyeye.xmemcached.utils.AddrUtil;

/** memcached servers on loopback, and xmemcached's client of them. Used by one thread. */
final class MemcachedServers {

    static final long TIMEOUT_MILLIS = 10_000;

    private static final int MEMORY_MIB = 512;
    private static final int START_ATTEMPTS = 100;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final List<ManagedProcess> processes = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    /** @param name of the processes, with their number after it */
    static MemcachedServers start(Workspace workspace, String program, String name, int count) {
        MemcachedServers servers = new MemcachedServers();
        for (int i = 0; i < count; i++) {
            int port = Ports.free();
            servers.ports.add(port);
            servers.processes.add(workspace.start(
                    name + '-' + i,
                    ProgramCommand.of(
                            program,
                            "-u",
                            System.getProperty("user.name"),
                            "-l",
                            "127.0.0.1",
                            "-p",
                            "" + port,
                            "-m",
                            "" + Math.max(64, MEMORY_MIB / count),
                            "-I",
                            "2m")));
        }
        return servers;
    }

    /** The servers' ports, in the order of their numbers. */
    List<Integer> ports() {
        return List.copyOf(ports);
    }

    List<Long> pids() {
        return processes.stream().flatMap(server -> server.pids().stream()).toList();
    }

    /**
     * Connects to every server.
     *
     * @param connections to each server
     * @param locator decides which server has a key
     * @throws IllegalStateException if a server does not answer
     */
    MemcachedClient connect(int connections, MemcachedSessionLocator locator) {
        String addresses = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(" "));
        XMemcachedClientBuilder builder = new XMemcachedClientBuilder(AddrUtil.getAddresses(addresses));
        builder.setSessionLocator(locator);
        builder.setConnectionPoolSize(connections);
        builder.setOpTimeout(TIMEOUT_MILLIS);
        for (int attempt = 1; ; attempt++) {
            try {
                MemcachedClient client = builder.build();
                if (client.getVersions().size() == processes.size()) {
                    return client;
                }
                client.shutdown();
            } catch (Exception e) {
                if (attempt == START_ATTEMPTS || !allAlive()) {
                    throw new IllegalStateException("memcached does not answer" + ends(), e);
                }
            }
            if (attempt == START_ATTEMPTS) {
                throw new IllegalStateException(
                        "memcached: not all of " + processes.size() + " servers answer" + ends());
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }

    static void shutdown(MemcachedClient client) {
        try {
            client.shutdown();
        } catch (IOException e) {
            throw new UncheckedIOException("xmemcached does not end", e);
        }
    }

    private boolean allAlive() {
        return processes.stream().allMatch(ManagedProcess::isAlive);
    }

    private String ends() {
        return processes.stream().map(ManagedProcess::describeEnd).collect(Collectors.joining());
    }
}
