package io.zonecache.testkit.origin;

import static io.zonecache.testkit.origin.OriginCalls.TIMEOUTS;
import static io.zonecache.testkit.origin.OriginCalls.TIMEOUT_MILLIS;
import static io.zonecache.testkit.origin.OriginCalls.await;
import static io.zonecache.testkit.origin.OriginCalls.chunk;
import static io.zonecache.testkit.origin.OriginCalls.failure;
import static io.zonecache.testkit.origin.OriginCalls.fetch;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.StatRequest;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What every origin promises. Each test has its own chunks, so that all may share an origin. */
public abstract class OriginContract {

    /** With room for several calls at once. */
    protected abstract Origin origin();

    /** Puts bytes where the origin looks for a chunk, whatever they are. */
    protected abstract void plant(ChunkKey key, byte[] bytes);

    /** An origin like {@link #origin}, for chunks of at most so many bytes. */
    protected abstract Origin originOf(int maxChunkBytes);

    /** An origin whose directory or bucket does not exist. */
    protected abstract Origin missingPlace();

    @Test
    void shouldGiveBackWhatWasStored() throws Exception {
        for (int bytes : new int[] {1, 1_000, 512 * 1024, 2 * 1024 * 1024}) {
            byte[] chunk = chunk(bytes, bytes);
            ChunkKey key = ChunkKey.sha256Of(chunk);
            await(origin().store(key, ByteBuffer.wrap(chunk), TIMEOUT_MILLIS));
            assertThat(await(fetch(origin(), key))).isEqualTo(chunk);
        }
    }

    @Test
    void shouldStoreWhatRemainsInTheBufferAndNotMoveIt() throws Exception {
        byte[] bytes = chunk(2, 1_000);
        ByteBuffer part = ByteBuffer.wrap(bytes, 100, 300);
        ChunkKey key = ChunkKey.sha256Of(part);
        await(origin().store(key, part, TIMEOUT_MILLIS));
        assertThat(part.position()).isEqualTo(100);
        assertThat(ByteBuffer.wrap(await(fetch(origin(), key)))).isEqualTo(part);
    }

    @Test
    void shouldStoreTheSameChunkAgain() throws Exception {
        byte[] chunk = chunk(3, 1_000);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        await(origin().store(key, ByteBuffer.wrap(chunk), TIMEOUT_MILLIS));
        await(origin().store(key, ByteBuffer.wrap(chunk), TIMEOUT_MILLIS));
        assertThat(await(fetch(origin(), key))).isEqualTo(chunk);
    }

    @Test
    void shouldKeepToTheLayoutThatOtherProgramsKnow() throws Exception {
        byte[] chunk = chunk(4, 1_000);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        plant(key, chunk);
        assertThat(await(fetch(origin(), key))).isEqualTo(chunk);
    }

    @Test
    void shouldSayAbsentOnlyOfAChunkThatIsNotThere() {
        ChunkKey key = ChunkKey.sha256Of(chunk(5, 10));
        assertThat(failure(fetch(origin(), key)).code()).isEqualTo(CacheErrorCode.ABSENT);
        CacheException noPlace = failure(fetch(missingPlace(), key));
        assertThat(noPlace.code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
    }

    @Test
    void shouldRefuseAChunkLongerThanAllowedAndAnEmptyOne() {
        ChunkKey longer = ChunkKey.sha256Of(chunk(6, 11));
        plant(longer, chunk(6, 101));
        Origin small = originOf(100);
        CacheException tooLong = failure(fetch(small, longer));
        assertThat(tooLong.code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(tooLong.detail()).contains("101").contains("expected: 1..100");

        ChunkKey empty = ChunkKey.sha256Of(chunk(7, 12));
        plant(empty, new byte[0]);
        CacheException tooShort = failure(fetch(small, empty));
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
        CompletableFuture<byte[]> fetch = origin().fetch(
                        FetchRequest.ofChunk(key, TIMEOUTS).withReservation(bytes -> {
                            asked.complete(bytes);
                            return room;
                        }));
        assertThat(await(asked)).isEqualTo(70_000);
        assertThat(fetch).isNotDone();
        room.complete(null);
        assertThat(await(fetch)).isEqualTo(chunk);
        CacheException none = new CacheException(CacheErrorCode.BUSY, "no room");
        FetchRequest inVain =
                FetchRequest.ofChunk(key, TIMEOUTS).withReservation(bytes -> CompletableFuture.failedFuture(none));
        assertThat(failure(origin().fetch(inVain))).isSameAs(none);
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
            fetches.add(fetch(origin(), ChunkKey.sha256Of(chunk(1_000 + i, 10_000))));
        }
        for (int i = 0; i < 24; i++) {
            assertThat(await(fetches.get(i))).isEqualTo(chunk(1_000 + i, 10_000));
        }
    }

    @Test
    void shouldRejectAnObjectThatItsStoreCannotHave() {
        String uri = "no-such-store://place/object";
        CacheException unknown = failure(fetch(origin(), new ObjectRange(uri, "\"1\"", 0, 10)));
        assertThat(unknown.code()).isEqualTo(CacheErrorCode.BAD_REQUEST);
        assertThat(unknown.detail()).contains(uri, "expected: ");
        assertThat(failure(origin().stat(StatRequest.of(uri, TIMEOUT_MILLIS))).code())
                .isEqualTo(CacheErrorCode.BAD_REQUEST);
    }

    @Test
    void shouldFailCallsAfterClose() {
        Origin origin = originOf(100);
        origin.close();
        origin.close();
        CacheException closed = failure(fetch(origin, ChunkKey.sha256Of(chunk(8, 10))));
        assertThat(closed.code()).isEqualTo(CacheErrorCode.CLOSED);
    }
}
