package io.zonecache.client.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What every origin promises. */
public abstract class OriginContract {

    protected static final long TIMEOUT_MILLIS = 30_000;
    protected static final FetchTimeouts TIMEOUTS = FetchTimeouts.of(TIMEOUT_MILLIS);

    protected abstract Origin origin();

    /** Puts bytes where the origin looks for a chunk, whatever they are. */
    protected abstract void plant(ChunkKey key, byte[] bytes);

    /** An origin like {@link #origin}, for chunks of at most so many bytes. */
    protected abstract Origin originOf(int maxChunkBytes);

    /** An origin whose directory or bucket does not exist. */
    protected abstract Origin missingPlace();

    public static byte[] chunk(long seed, int bytes) {
        byte[] chunk = new byte[bytes];
        new Random(seed).nextBytes(chunk);
        return chunk;
    }

    public static <T> T await(CompletableFuture<T> future) throws Exception {
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    public static CacheException failure(CompletableFuture<?> future) {
        try {
            Object value = future.get(60, TimeUnit.SECONDS);
            throw new AssertionError("no failure but " + value);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(CacheException.class);
            return (CacheException) e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldGiveBackWhatWasStored() throws Exception {
        for (int bytes : new int[] {1, 1_000, 512 * 1024, 2 * 1024 * 1024}) {
            byte[] chunk = chunk(bytes, bytes);
            ChunkKey key = ChunkKey.sha256Of(chunk);
            await(origin().store(key, ByteBuffer.wrap(chunk), TIMEOUT_MILLIS));
            assertThat(await(origin().fetch(key, TIMEOUTS))).isEqualTo(chunk);
        }
    }

    @Test
    void shouldStoreWhatRemainsInTheBufferAndNotMoveIt() throws Exception {
        byte[] bytes = chunk(2, 1_000);
        ByteBuffer part = ByteBuffer.wrap(bytes, 100, 300);
        ChunkKey key = ChunkKey.sha256Of(part);
        await(origin().store(key, part, TIMEOUT_MILLIS));
        assertThat(part.position()).isEqualTo(100);
        assertThat(ByteBuffer.wrap(await(origin().fetch(key, TIMEOUTS)))).isEqualTo(part);
    }

    @Test
    void shouldStoreTheSameChunkAgain() throws Exception {
        byte[] chunk = chunk(3, 1_000);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        await(origin().store(key, ByteBuffer.wrap(chunk), TIMEOUT_MILLIS));
        await(origin().store(key, ByteBuffer.wrap(chunk), TIMEOUT_MILLIS));
        assertThat(await(origin().fetch(key, TIMEOUTS))).isEqualTo(chunk);
    }

    @Test
    void shouldKeepToTheLayoutThatOtherProgramsKnow() throws Exception {
        byte[] chunk = chunk(4, 1_000);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        plant(key, chunk);
        assertThat(await(origin().fetch(key, TIMEOUTS))).isEqualTo(chunk);
    }

    @Test
    void shouldSayAbsentOnlyOfAChunkThatIsNotThere() {
        ChunkKey key = ChunkKey.sha256Of(chunk(5, 10));
        assertThat(failure(origin().fetch(key, TIMEOUTS)).code()).isEqualTo(CacheErrorCode.ABSENT);
        CacheException noPlace = failure(missingPlace().fetch(key, TIMEOUTS));
        assertThat(noPlace.code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
    }

    @Test
    void shouldRefuseAChunkLongerThanAllowedAndAnEmptyOne() {
        ChunkKey longer = ChunkKey.sha256Of(chunk(6, 11));
        plant(longer, chunk(6, 101));
        Origin small = originOf(100);
        CacheException tooLong = failure(small.fetch(longer, TIMEOUTS));
        assertThat(tooLong.code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(tooLong.detail()).contains("101").contains("expected: 1..100");

        ChunkKey empty = ChunkKey.sha256Of(chunk(7, 12));
        plant(empty, new byte[0]);
        CacheException tooShort = failure(small.fetch(empty, TIMEOUTS));
        assertThat(tooShort.code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(tooShort.detail()).contains(": 0").contains("expected: 1..100");
    }

    @Test
    void shouldAskForRoomBeforeItReadsAndHeedTheAnswer() throws Exception {
        byte[] chunk = chunk(9, 70_000);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        plant(key, chunk);
        CompletableFuture<Integer> asked = new CompletableFuture<>();
        CompletableFuture<Void> room = new CompletableFuture<>();
        CompletableFuture<byte[]> fetch = origin().fetch(key, TIMEOUTS, bytes -> {
            asked.complete(bytes);
            return room;
        });
        assertThat(await(asked)).isEqualTo(70_000);
        assertThat(fetch).isNotDone();
        room.complete(null);
        assertThat(await(fetch)).isEqualTo(chunk);
        CacheException none = new CacheException(CacheErrorCode.BUSY, "no room");
        assertThat(failure(origin().fetch(key, TIMEOUTS, bytes -> CompletableFuture.failedFuture(none))))
                .isSameAs(none);
    }

    @Test
    void shouldServeManyCallsAtOnce() throws Exception {
        List<CompletableFuture<Void>> stores = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            byte[] chunk = chunk(1_000 + i, 10_000);
            stores.add(origin().store(ChunkKey.sha256Of(chunk), ByteBuffer.wrap(chunk), TIMEOUT_MILLIS));
        }
        for (CompletableFuture<Void> store : stores) {
            await(store);
        }
        List<CompletableFuture<byte[]>> fetches = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            fetches.add(origin().fetch(ChunkKey.sha256Of(chunk(1_000 + i, 10_000)), TIMEOUTS));
        }
        for (int i = 0; i < 24; i++) {
            assertThat(await(fetches.get(i))).isEqualTo(chunk(1_000 + i, 10_000));
        }
    }

    @Test
    void shouldFailCallsAfterClose() {
        Origin origin = originOf(100);
        origin.close();
        CacheException closed = failure(origin.fetch(ChunkKey.sha256Of(chunk(8, 10)), TIMEOUTS));
        assertThat(closed.code()).isEqualTo(CacheErrorCode.CLOSED);
    }
}
