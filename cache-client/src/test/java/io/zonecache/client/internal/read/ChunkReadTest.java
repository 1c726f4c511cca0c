package io.zonecache.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import org.junit.jupiter.api.Test;

/** What a read tells of its failures. */
final class ChunkReadTest {

    private final ChunkRead read = new ChunkRead(ChunkName.of(new ChunkKey(1, 2, 3, 4)), null, 0, 0);
    private final CacheException late = new CacheException(CacheErrorCode.DEADLINE_EXCEEDED, "not read in time");

    @Test
    void shouldAddTheOriginsFailureBeforeTheZones() {
        assertThat(read.explain(late)).isSameAs(late);
        read.delayedBy(() -> new CacheException(CacheErrorCode.ZONE_UNCERTAIN, "n1 is silent"));
        assertThat(read.explain(late).detail())
                .isEqualTo("not read in time; last failure: ZONE_UNCERTAIN: n1 is silent");
        read.originFailed(new CacheException(CacheErrorCode.ORIGIN_FAILED, "host x: unknown"));
        read.delayedBy(() -> new CacheException(CacheErrorCode.FILLING, "another client fetches it"));
        CacheException explained = read.explain(late);
        assertThat(explained.code()).isEqualTo(CacheErrorCode.DEADLINE_EXCEEDED);
        assertThat(explained.detail()).isEqualTo("not read in time; last failure: ORIGIN_FAILED: host x: unknown");
        assertThat(explained).hasCause(late);
    }

    @Test
    void shouldNotAddWhatAFailureAlreadySays() {
        CacheException ofOrigin = new CacheException(CacheErrorCode.ORIGIN_FAILED, "host x: unknown");
        read.originFailed(ofOrigin);
        assertThat(read.explain(ofOrigin)).isSameAs(ofOrigin);
        CacheException wrapped = new CacheException(CacheErrorCode.ORIGIN_FAILED, "once more", ofOrigin);
        assertThat(read.explain(wrapped)).isSameAs(wrapped);
    }
}
