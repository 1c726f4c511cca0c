package io.zonecache.testkit.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Ports from {@code first} to {@code last}, both included. */
record PortRange(int first, int last) {

    private static final Path EPHEMERAL = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final PortRange USUAL_EPHEMERAL = new PortRange(32_768, 60_999);

    /** Above those that well-known servers listen on. */
    private static final PortRange ALL = new PortRange(10_000, 65_535);

    private static final int MIN_PORTS = 1_024;

    int size() {
        return last - first + 1;
    }

    /** Where this machine gives no outgoing connection its port, so that none takes one between a probe and its use. */
    static PortRange quiet() {
        return beside(ephemeral());
    }

    /** The larger of the ranges below and above the ephemeral one; all, where that leaves too few. */
    static PortRange beside(PortRange ephemeral) {
        PortRange below = new PortRange(ALL.first, Math.min(ALL.last, ephemeral.first - 1));
        PortRange above = new PortRange(Math.max(ALL.first, ephemeral.last + 1), ALL.last);
        PortRange larger = below.size() >= above.size() ? below : above;
        return larger.size() >= MIN_PORTS ? larger : ALL;
    }

    private static PortRange ephemeral() {
        try {
            // By lines: the kernel gives this file in one read only, which readString splits.
            String[] bounds = Files.readAllLines(EPHEMERAL).get(0).trim().split("\\s+", 2);
            return new PortRange(Integer.parseInt(bounds[0]), Integer.parseInt(bounds[1]));
        } catch (IOException e) {
            return USUAL_EPHEMERAL;
        }
    }
}
