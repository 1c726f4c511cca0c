package io.zonecache.server;

import io.netty.util.internal.PlatformDependent;
import io.zonecache.server.config.MemorySplit;
import io.zonecache.server.metrics.MemoryUse;
import io.zonecache.storage.StoreStats;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What each part of a node takes of its memory. Parts of the JVM count as committed, so that garbage counts too; the index lies in the
 * heap and is told apart.
 */
final class NodeMemory {

    private static final Path STATUS = Path.of("/proc/self/status");

    /** Without mapped files; ZGC's heap is shared memory. */
    private static final Pattern RESIDENT = Pattern.compile("Rss(?:Anon|Shmem):\\s*(\\d+) kB");

    private static final long KIB = 1024;

    private final MemorySplit split;
    private final MemoryMXBean jvm = ManagementFactory.getMemoryMXBean();
    private final BufferPoolMXBean direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow();

    NodeMemory(MemorySplit split) {
        this.split = split;
    }

    MemoryUse use(StoreStats store) {
        long index = store.memory().indexBytes();
        long history = store.memory().historyBytes();
        SortedMap<String, Long> parts = new TreeMap<>();
        parts.put("hot", store.hotBytes());
        parts.put("index", index);
        parts.put("history", history);
        parts.put("memtables", store.memory().memtableBytes());
        parts.put("tables", store.memory().tableBytes());
        parts.put("network", Math.max(0, directBytes() - store.hotBytes()));
        parts.put("heap", Math.max(0, jvm.getHeapMemoryUsage().getCommitted() - index - history));
        parts.put("runtime", jvm.getNonHeapMemoryUsage().getCommitted());
        return new MemoryUse(split.totalBytes(), residentBytes(), parts);
    }

    /** Netty counts its buffers; the JVM counts those that were taken from it. */
    private long directBytes() {
        return Math.max(direct.getMemoryUsed(), PlatformDependent.usedDirectMemory());
    }

    /** 0 where the kernel doesn't tell. */
    private static long residentBytes() {
        try {
            return RESIDENT.matcher(Files.readString(STATUS, StandardCharsets.ISO_8859_1))
                    .results()
                    .mapToLong(line -> Long.parseLong(line.group(1)) * KIB)
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }
}
