package io.zonecache.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreConfigTest {

    private static final Path DIRECTORY = Path.of("store");

    @Test
    void shouldHaveTheDocumentedDefaults() {
        StoreConfig config = StoreConfig.builder(DIRECTORY).build();
        assertThat(config)
                .isEqualTo(
                        new StoreConfig(DIRECTORY, 1L << 30, 64L << 20, 2, 10_000, 100, 32L << 20, 64L << 20, 5_000));
    }

    @Test
    void shouldTakeEverySetting() {
        StoreConfig config = StoreConfig.builder(DIRECTORY)
                .capacityBytes(512L << 20)
                .hotBytes(0)
                .k(3)
                .correlatedMillis(1)
                .historyPercent(50)
                .historyMillis(7)
                .segmentBytes(4L << 20)
                .unflushedBytes(5)
                .unflushedMillis(6)
                .maxOpenFiles(200)
                .build();
        assertThat(config).isEqualTo(new StoreConfig(DIRECTORY, 512L << 20, 0, 3, 1, 50, 7, 4L << 20, 5, 6, 0, 200));
    }

    @Test
    void shouldNameEverySettingThatIsWrong() {
        assertThatThrownBy(() -> StoreConfig.builder(DIRECTORY)
                        .capacityBytes(1L << 20)
                        .hotBytes(-1)
                        .k(5)
                        .correlatedMillis(-1)
                        .historyPercent(-1)
                        .historyMillis(0)
                        .segmentBytes(1)
                        .unflushedBytes(0)
                        .unflushedMillis(0)
                        .maxOpenFiles(127)
                        .build())
                .isInstanceOfSatisfying(
                        CacheException.class, e -> assertThat(e.code()).isEqualTo(CacheErrorCode.BAD_REQUEST))
                .hasMessageContaining("capacityBytes: 1048576 (expected: at least 268435456)")
                .hasMessageContaining("hotBytes: -1 (expected: at least 0)")
                .hasMessageContaining("k: 5 (expected: 1..4)")
                .hasMessageContaining("correlatedMillis: -1")
                .hasMessageContaining("historyPercent: -1")
                .hasMessageContaining("historyMillis: 0")
                .hasMessageContaining("segmentBytes: 1 ")
                .hasMessageContaining("unflushedBytes: 0")
                .hasMessageContaining("unflushedMillis: 0")
                .hasMessageContaining("maxOpenFiles: 127 (expected: at least 128)");
    }

    @ParameterizedTest
    @CsvSource({"268435456, 8388608", "1073741824, 33554432", "1099511627776, 1073741824"})
    void shouldSizeSegmentsByTheCapacity(long capacityBytes, long segmentBytes) {
        assertThat(StoreConfig.segmentBytesFor(capacityBytes)).isEqualTo(segmentBytes);
    }
}
