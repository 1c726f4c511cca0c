package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.origin.ObjectRange;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class NegativeCacheTest {

    private static final ChunkName RANGE = ChunkName.of(new ObjectRange("s3://bucket/object", "\"1\"", 0, 10));
    private static final ChunkName KEY_ALONE = ChunkName.of(RANGE.key());

    private final VirtualTimer timer = new VirtualTimer();
    private final NegativeCache absent = new NegativeCache(5_000, timer::nanoTime, new Random(1));

    @Test
    void shouldKnowWhatIsAbsentForReadsByTheSameKindOfKeyOnly() {
        absent.remember(RANGE);
        assertThat(absent.knows(RANGE)).isTrue();
        assertThat(absent.knows(KEY_ALONE)).isFalse();
        timer.advanceMillis(2_000);
        absent.remember(KEY_ALONE);
        assertThat(absent.knows(KEY_ALONE)).isTrue();
        timer.advanceMillis(3_000);
        assertThat(absent.knows(RANGE)).as("each for its own time").isFalse();
        assertThat(absent.knows(KEY_ALONE)).isTrue();
        timer.advanceMillis(2_000);
        assertThat(absent.knows(KEY_ALONE)).isFalse();
    }

    @Test
    void shouldForgetAKeyForReadsByBothKinds() {
        absent.remember(RANGE);
        absent.remember(KEY_ALONE);
        absent.forget(RANGE.key());
        assertThat(absent.knows(RANGE)).isFalse();
        assertThat(absent.knows(KEY_ALONE)).isFalse();
    }
}
