package io.zonecache.benchmarks.clients;

import io.zonecache.client.OverRequestPolicy;
import io.zonecache.client.Verification;
import java.nio.file.Path;
import java.util.List;

/**
 * Which client to compare with, and how often.
 *
 * @param directory where data goes; it exists, and what is put there is deleted
 * @param otherClassPath what the other version's client runs on
 * @param rounds in each of which both clients are started anew: two JVMs of the same program can differ by a tenth for as long as they live
 * @param turns of a round, in which each row has one part; figures are medians over the turns of all rounds
 * @param turnReads of each row in a turn
 * @param warmUpReads of each row before the first turn of a round
 * @param chunks of 512 KiB that are read, in random order
 * @param readers how many reads are in flight: one row of each version for each number
 * @param verification what both clients check
 * @param overRequest how both clients ask
 * @param nodeJvmOptions for the nodes' processes
 * @param nodeMemory of each node, as in {@code serve --memory}
 */
public record ClientsPlan(
        Path directory,
        String otherClassPath,
        int rounds,
        int turns,
        int turnReads,
        int warmUpReads,
        int chunks,
        List<Integer> readers,
        Verification verification,
        OverRequestPolicy overRequest,
        List<String> nodeJvmOptions,
        String nodeMemory) {

    static final int NODES = 6;
    static final int CHUNK_BYTES = 512 << 10;

    /** Of the chunks' bytes. */
    static final long SEED = 11;

    public ClientsPlan {
        readers = readers.stream().distinct().sorted().toList();
        if (rounds < 1 || turns < 1 || turnReads < 1 || warmUpReads < 1 || readers.isEmpty() || readers.get(0) < 1) {
            throw new IllegalArgumentException("plan: " + rounds + " rounds, " + turns + " turns, " + turnReads
                    + " reads in each, " + warmUpReads + " to warm up, readers " + readers
                    + " (expected: at least one of each)");
        }
        int maxReaders = readers.get(readers.size() - 1);
        if (chunks < maxReaders) {
            throw new IllegalArgumentException(
                    "plan: " + chunks + " chunks (expected: at least " + maxReaders + ", as each reader has its own)");
        }
    }
}
