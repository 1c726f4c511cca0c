package io.zonecache.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.server.config.FormerNames.FormerName;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Renames as they will be, on a table of the test's own. */
class FormerNamesTest {

    private static final FormerName RENAMED = new FormerName("queue-time", Setting.QUEUE_AGE, false);
    private static final FormerName REMOVED = new FormerName("disk", Setting.CAPACITY, true);

    private final NodeConfigReader reader = new NodeConfigReader(new FormerNames(List.of(RENAMED, REMOVED)));

    @Test
    void shouldTakeAnOldNameFromAFileWithAWarning() {
        NodeConfig config = reader.withFileValues(Map.of("queue-time", "70ms")).read();
        assertThat(config.limits().queueAgeMillis()).isEqualTo(70);
        assertThat(reader.warnings())
                .containsExactly("queue-time is now queue-age (file); the next release refuses the old name");
    }

    @Test
    void shouldTakeAnOldNameFromTheEnvironmentWithAWarning() {
        NodeConfig config =
                reader.withEnvironment(Map.of("ZONECACHE_QUEUE_TIME", "70ms")).read();
        assertThat(config.limits().queueAgeMillis()).isEqualTo(70);
        assertThat(reader.warnings())
                .containsExactly(
                        "ZONECACHE_QUEUE_TIME is now ZONECACHE_QUEUE_AGE (environment); the next release refuses the old name");
    }

    @Test
    void shouldTakeAnOldFlagWithAWarning() {
        assertThat(reader.withFormerFlag(RENAMED, "70ms").read().limits().queueAgeMillis())
                .isEqualTo(70);
        assertThat(reader.warnings())
                .containsExactly("--queue-time is now --queue-age (flag); the next release refuses the old name");
    }

    @Test
    void shouldRefuseARemovedNameWithTheNewOneInEverySource() {
        assertThatThrownBy(() -> reader.withFileValues(Map.of("disk", "1GiB"))
                        .withEnvironment(Map.of("ZONECACHE_DISK", "1GiB"))
                        .withFormerFlag(REMOVED, "1GiB")
                        .read())
                .hasMessageContaining("disk: 1GiB (expected: capacity, its name")
                .hasMessageContaining("ZONECACHE_DISK: 1GiB (expected: ZONECACHE_CAPACITY, its name")
                .hasMessageContaining("--disk: 1GiB (expected: --capacity, its name");
    }

    @Test
    void shouldRefuseBothNamesInOneSourceAndLetALaterSourceWin() {
        assertThatThrownBy(() -> reader.withEnvironment(
                                Map.of("ZONECACHE_QUEUE_TIME", "70ms", "ZONECACHE_QUEUE_AGE", "80ms"))
                        .read())
                .hasMessageContaining("ZONECACHE_QUEUE_AGE: 80ms (expected: not together with ZONECACHE_QUEUE_TIME)");
        NodeConfigReader other = new NodeConfigReader(new FormerNames(List.of(RENAMED)));
        assertThat(other.withFileValues(Map.of("queue-time", "70ms"))
                        .withFlag(Setting.QUEUE_AGE, "80ms")
                        .read()
                        .limits()
                        .queueAgeMillis())
                .isEqualTo(80);
    }

    @Test
    void shouldReuseNoNameThatASettingHas() {
        assertThat(FormerNames.ALL.names())
                .noneMatch(former -> Arrays.stream(Setting.values())
                        .anyMatch(setting -> setting.key().equals(former.key())));
    }
}
