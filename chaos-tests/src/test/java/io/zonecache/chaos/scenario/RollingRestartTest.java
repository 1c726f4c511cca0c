package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.oracle.ReadingOracle;
import io.zonecache.chaos.zone.NodeContainer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Nodes restarted one at a time under load, as the chart does it: hook, SIGTERM, start, the next one when the zone has come to rest. Half of
 * the zone, and as another version where its image is named, so that two versions then serve side by side. Promise: no failed read, no
 * wrong byte, under one read in a hundred from the origin, and exit code 0 within {@code docker stop}'s ten seconds.
 */
@Tag("docker")
class RollingRestartTest {

    /** How many of the six are restarted; each takes about half a minute, ten seconds of it the zone's rest. */
    private static final int RESTARTS = Integer.getInteger("zonecache.test.restarts", FilledZone.NODES / 2);

    /** Another version's image, as dev/image builds it; empty to restart the same containers. */
    private static final String OTHER_IMAGE = System.getProperty("zonecache.test.other-image", "");

    private static final long READS_PER_PHASE = 1_000;
    private static final long SEED = 8;
    private static final int HOOK_SECONDS = 3;
    private static final int GRACE_SECONDS = 10;
    private static final Duration PHASE = Duration.ofSeconds(60);
    private static final Duration REST = Duration.ofMinutes(2);
    private static final Pattern VERSION = Pattern.compile("\"version\":\"([^\"]*)\"");

    @Test
    @Timeout(value = 900, unit = TimeUnit.SECONDS)
    void shouldFailNoReadWhileNodesAreRestartedOneAtATimeAndBecomeAnotherVersion() throws Exception {
        try (FilledZone filled = FilledZone.start(SEED)) {
            try {
                roll(filled);
            } catch (Throwable e) {
                filled.collect(e);
                throw e;
            }
        }
    }

    private static void roll(FilledZone filled) throws Exception {
        List<NodeContainer> nodes = filled.zone().nodes();
        long reads = 0;
        try (ReadingOracle readers = filled.readers()) {
            readers.awaitReads(READS_PER_PHASE, PHASE);
            filled.report("before", readers.take());
            for (int number = FilledZone.NODES; number > FilledZone.NODES - RESTARTS; number--) {
                restart(nodes.get(number - 1));
                readers.awaitReads(READS_PER_PHASE, PHASE);
                ReadTally tally = readers.take();
                reads += tally.reads();
                filled.report("restart of " + nodes.get(number - 1).id(), tally);
            }
            ReadTally last = readers.finish();
            reads += last.reads();
            filled.report("after", last);
        }
        assertThat(filled.s3().counts().gets())
                .as("origin GETs for %d reads of chunks that the zone holds", reads)
                .isLessThan(reads / 100);
        assertThat(nodes).noneMatch(NodeContainer::wasOutOfMemory);
        Set<String> versions =
                nodes.stream().map(RollingRestartTest::version).collect(Collectors.toCollection(TreeSet::new));
        System.out.println("versions in the zone: " + versions);
        assertThat(versions).hasSize(OTHER_IMAGE.isEmpty() || RESTARTS == FilledZone.NODES ? 1 : 2);
    }

    private static void restart(NodeContainer node) {
        node.preStop(HOOK_SECONDS);
        long told = System.nanoTime();
        assertThat(node.stop(GRACE_SECONDS)).as("exit code of %s", node.id()).isZero();
        double seconds = (System.nanoTime() - told) / 1e9;
        long started = System.nanoTime();
        if (OTHER_IMAGE.isEmpty()) {
            node.startAgain();
        } else {
            node.startAgainAs(OTHER_IMAGE);
        }
        await(node.id() + " has settled").atMost(REST).until(() -> node.admin("/health/settled") != null);
        System.out.printf(
                Locale.ROOT,
                "%s: docker stop %.1f s, at rest %.1f s after its start%n",
                node.id(),
                seconds,
                (System.nanoTime() - started) / 1e9);
    }

    /** What the node says of itself, if its version does. */
    private static String version(NodeContainer node) {
        Matcher matcher = VERSION.matcher(String.valueOf(node.admin("/v1/stats")));
        return matcher.find() ? matcher.group(1) : "unknown";
    }
}
