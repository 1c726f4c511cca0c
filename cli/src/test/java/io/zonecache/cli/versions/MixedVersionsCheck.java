package io.zonecache.cli.versions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.cli.versions.VersionClient.Outcome;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.zone.NodeProcess;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A zone is upgraded from another build to this one, one node at a time, under reads of clients of both builds. Promise: no read fails, no
 * byte is wrong, and what the zone holds is not fetched again. Half way, with three nodes of each build, both builds' clients and commands
 * read what the other's wrote, and fetch cold chunks under leases of the other's nodes, each once.
 *
 * <p>Its name keeps it out of the build, which has no other build's jars: {@code dev/mixed-versions} makes them and runs it.
 */
class MixedVersionsCheck {

    private static final int HALF = UpgradedZone.NODES / 2;
    private static final int WARM_UP_CHUNKS = 24;
    private static final int WARM_CHUNKS = 60;
    private static final int COLD_CHUNKS = 36;
    private static final long READS_PER_PHASE = 500;
    private static final Duration PHASE = Duration.ofMinutes(2);
    private static final long SEED = 11;

    private final ProductBuild other = ProductBuild.other();
    private final ProductBuild current = ProductBuild.current();

    @Test
    @Timeout(value = 40, unit = TimeUnit.MINUTES)
    void shouldServeClientsOfBothBuildsWhileAZoneIsUpgradedNodeByNode() throws Exception {
        try (Workspace workspace = Workspace.create("zonecache-versions")) {
            UpgradedZone zone = new UpgradedZone(workspace, other);
            List<VersionClient> clients = List.of(zone.startClient(other), zone.startClient(current));
            // What a JVM does that has only just begun says nothing of versions: under load such nodes are silent for
            // seconds.
            clients.forEach(client -> client.readAll(zone.coldChunks(WARM_UP_CHUNKS)));
            report("start", zone.describe());
            List<ChunkKey> warm = zone.coldChunks(WARM_CHUNKS);
            readCold(zone, "cold chunks, all nodes of the other build", clients, warm);

            upgrade(zone, clients, warm, zone.nodes().subList(HALF, UpgradedZone.NODES));
            report("half way", zone.describe());
            List<ChunkKey> ofOther = zone.coldChunks(COLD_CHUNKS);
            readCold(zone, "cold chunks, client " + other, clients.subList(0, 1), ofOther);
            readWarm(zone, clients.get(1), ofOther);
            List<ChunkKey> ofCurrent = zone.coldChunks(COLD_CHUNKS);
            readCold(zone, "cold chunks, client " + current, clients.subList(1, 2), ofCurrent);
            readWarm(zone, clients.get(0), ofCurrent);
            readCold(zone, "cold chunks, both clients at once", clients, zone.coldChunks(COLD_CHUNKS));
            for (ProductBuild writer : List.of(other, current)) {
                putAndGet(zone, workspace, writer);
                warmAndGet(zone, workspace, writer);
            }

            upgrade(zone, clients, warm, zone.nodes().subList(0, HALF));
            report("end", zone.describe());
            readCold(zone, "cold chunks, all nodes of this build", clients, zone.coldChunks(COLD_CHUNKS));
        }
    }

    /** Each chunk is fetched once, whoever asks and whichever build grants the lease. */
    private static void readCold(UpgradedZone zone, String what, List<VersionClient> clients, List<ChunkKey> keys) {
        zone.s3().reset();
        List<Integer> orders =
                clients.stream().map(client -> client.startRead(keys)).toList();
        for (int i = 0; i < clients.size(); i++) {
            assertGood(
                    what + ", client " + clients.get(i).build(), clients.get(i).outcome(orders.get(i)));
        }
        clients.forEach(VersionClient::awaitIdle);
        long gets = zone.s3().counts().gets();
        report(what, keys.size() + " chunks, coordinators " + zone.coordinators(keys) + ", origin GETs " + gets);
        assertThat(gets).as(what + ": origin GETs").isEqualTo(keys.size());
    }

    /** What a client of one build has written back, one of the other reads from the zone. */
    private static void readWarm(UpgradedZone zone, VersionClient client, List<ChunkKey> keys) {
        zone.s3().reset();
        assertGood("written back by the other, client " + client.build(), client.readAll(keys));
        long gets = zone.s3().counts().gets();
        report("the same, read by client " + client.build(), "origin GETs " + gets);
        assertThat(gets).isZero();
    }

    private void putAndGet(UpgradedZone zone, Workspace workspace, ProductBuild writer) throws Exception {
        Path file = workspace.root().resolve("put-" + writer);
        byte[] bytes = new byte[5 * UpgradedZone.CHUNK_BYTES + 12_345];
        new Random(SEED + writer.name().length()).nextBytes(bytes);
        Files.write(file, bytes);
        Path keys = workspace.root().resolve("put-" + writer + ".keys");
        zone.run(writer, "put", file.toString(), "--list=" + keys);
        for (ProductBuild reader : List.of(other, current)) {
            assertThat(get(zone, workspace, reader, keys)).isEqualTo(bytes);
            report("put by " + writer + ", get by " + reader, bytes.length + " bytes, all right");
        }
    }

    private void warmAndGet(UpgradedZone zone, Workspace workspace, ProductBuild writer) throws Exception {
        List<ChunkKey> cold = zone.coldChunks(8);
        Path keys = workspace.root().resolve("warm-" + writer + ".keys");
        Files.writeString(keys, cold.stream().map(ChunkKey::toHex).collect(Collectors.joining("\n", "", "\n")));
        String[] origin = zone.originOptions();
        zone.run(writer, "warm", "--list=" + keys, origin[0], origin[1]);
        assertThat(zone.s3().counts().gets()).isEqualTo(cold.size());
        for (ProductBuild reader : List.of(other, current)) {
            byte[] bytes = get(zone, workspace, reader, keys);
            for (int i = 0; i < cold.size(); i++) {
                int offset = i * UpgradedZone.CHUNK_BYTES;
                assertThat(ChunkKey.sha256Of(ByteBuffer.wrap(bytes, offset, UpgradedZone.CHUNK_BYTES)))
                        .isEqualTo(cold.get(i));
            }
            report("warm by " + writer + ", get by " + reader, cold.size() + " chunks, all right");
        }
    }

    /** Without an origin: what the zone lacks is a failure. */
    private static byte[] get(UpgradedZone zone, Workspace workspace, ProductBuild reader, Path keys) throws Exception {
        Path file = workspace.root().resolve("got-" + reader);
        zone.run(reader, "get", "--list=" + keys, "--output=" + file);
        byte[] bytes = Files.readAllBytes(file);
        Files.delete(file);
        return bytes;
    }

    private void upgrade(UpgradedZone zone, List<VersionClient> clients, List<ChunkKey> keys, List<NodeProcess> nodes) {
        zone.s3().reset();
        clients.forEach(client -> client.begin(keys));
        awaitReads(clients);
        for (NodeProcess node : nodes) {
            zone.replace(node, current);
            awaitReads(clients);
        }
        long reads = 0;
        for (VersionClient client : clients) {
            Outcome outcome = client.end();
            report("upgrade under reads, client " + client.build(), outcome.toString());
            assertGood("upgrade, client " + client.build(), outcome);
            reads += outcome.reads();
        }
        long gets = zone.s3().counts().gets();
        report("upgrade of " + nodes.stream().map(NodeProcess::id).toList(), reads + " reads, origin GETs " + gets);
        assertThat(gets)
                .as("origin GETs for %d reads of chunks that the zone holds", reads)
                .isLessThan(reads / 100);
    }

    private static void awaitReads(List<VersionClient> clients) {
        for (VersionClient client : clients) {
            long enough = client.reads() + READS_PER_PHASE;
            await("reads of client " + client.build()).atMost(PHASE).until(() -> client.reads() >= enough);
        }
    }

    private static void assertGood(String what, Outcome outcome) {
        assertThat(outcome.failed()).as(what + ": failed reads, " + outcome).isZero();
        assertThat(outcome.wrong()).as(what + ": wrong bytes, " + outcome).isZero();
        assertThat(outcome.reads()).as(what).isPositive();
    }

    private static void report(String what, String found) {
        System.out.println("mixed versions: " + what + ": " + found);
    }
}
