package io.zonecache.testkit.origin;

import static io.zonecache.testkit.origin.OriginCalls.TIMEOUTS;
import static io.zonecache.testkit.origin.OriginCalls.TIMEOUT_MILLIS;
import static io.zonecache.testkit.origin.OriginCalls.await;
import static io.zonecache.testkit.origin.OriginCalls.chunk;
import static io.zonecache.testkit.origin.OriginCalls.failure;
import static io.zonecache.testkit.origin.OriginCalls.fetch;
import static io.zonecache.testkit.origin.OriginCalls.store;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.FetchTimeouts;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginDeniedException;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.client.origin.StatRequest;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an origin promises whose store is a server that has objects besides chunks. */
public abstract class ObjectStoreContract extends OriginContract {

    /** Puts an object into the store, in place of the one of that name, and returns its URI. */
    protected abstract String put(String name, byte[] bytes);

    /** Requests that the store has taken and not answered. */
    protected abstract int requestsInFlight();

    /** Breaks the store, or mends it. */
    protected abstract void setFault(StoreFault fault);

    @AfterEach
    void mend() {
        setFault(StoreFault.NONE);
    }

    @Test
    void shouldReadRangesOfAnObjectAsItWas() throws Exception {
        byte[] object = chunk(20, 10_000);
        String uri = put("data/object", object);
        StoredObject stored = await(origin().stat(StatRequest.of(uri, TIMEOUT_MILLIS)));
        assertThat(stored.uri()).isEqualTo(uri);
        assertThat(stored.lengthBytes()).isEqualTo(10_000);
        assertThat(await(fetch(origin(), stored.range(0, 1)))).isEqualTo(Arrays.copyOf(object, 1));
        assertThat(await(fetch(origin(), stored.range(9_000, 1_000))))
                .isEqualTo(Arrays.copyOfRange(object, 9_000, 10_000));
        put("data/object", chunk(21, 10_000));
        CacheException changed = failure(fetch(origin(), stored.range(0, 1_000)));
        assertThat(changed.code()).isEqualTo(CacheErrorCode.ABSENT);
        assertThat(changed.detail()).contains(stored.etag(), "the object has changed");
    }

    @Test
    void shouldRefuseARangeThatGoesBeyondTheObject() throws Exception {
        String uri = put("data/short", chunk(22, 10_000));
        StoredObject stored = await(origin().stat(StatRequest.of(uri, TIMEOUT_MILLIS)));
        CacheException beyond = failure(fetch(origin(), new ObjectRange(uri, stored.etag(), 9_500, 1_000)));
        assertThat(beyond).isInstanceOf(OriginRefusedException.class);
        assertThat(beyond.detail()).contains("bytes 9500..10499 of " + uri, "500", "expected: 1000");
        CacheException outside = failure(fetch(origin(), new ObjectRange(uri, stored.etag(), 20_000, 1_000)));
        assertThat(outside).as(outside.getMessage()).isInstanceOf(OriginRefusedException.class);
    }

    @Test
    void shouldSayAbsentOfAnObjectThatIsNotThere() {
        String uri = put("data/there", chunk(23, 10)) + "-not";
        assertThat(failure(origin().stat(StatRequest.of(uri, TIMEOUT_MILLIS))).code())
                .isEqualTo(CacheErrorCode.ABSENT);
        CacheException range = failure(fetch(origin(), new ObjectRange(uri, "\"1\"", 0, 10)));
        assertThat(range.code()).isEqualTo(CacheErrorCode.ABSENT);
    }

    @Test
    void shouldReadObjectsWhoseNamesNeedEscaping() throws Exception {
        for (String name : new String[] {"a b", "a%20b", "a+b", "a?b=c&d", "a#b", "a/./b", "\u00fc/\u6f22"}) {
            byte[] object = chunk(name.hashCode(), 100);
            StoredObject stored = await(origin().stat(StatRequest.of(put("names/" + name, object), TIMEOUT_MILLIS)));
            assertThat(await(fetch(origin(), stored.range(0, 100)))).as(name).isEqualTo(object);
        }
    }

    @Test
    void shouldAskForRoomForARange() throws Exception {
        String uri = put("data/room", chunk(24, 1_000));
        StoredObject stored = await(origin().stat(StatRequest.of(uri, TIMEOUT_MILLIS)));
        CompletableFuture<Integer> asked = new CompletableFuture<>();
        CompletableFuture<Void> room = new CompletableFuture<>();
        CompletableFuture<byte[]> fetch = origin().fetch(
                        FetchRequest.ofRange(stored.range(0, 300), TIMEOUTS).withReservation(bytes -> {
                            asked.complete(bytes);
                            return room;
                        }));
        assertThat(await(asked)).isEqualTo(300);
        assertThat(fetch).isNotDone();
        room.complete(null);
        assertThat(await(fetch)).hasSize(300);
    }

    @ParameterizedTest
    @CsvSource({
        "SLOW_DOWN, ORIGIN_LIMIT, false",
        "FORBIDDEN, ORIGIN_FAILED, true",
        "INTERNAL_ERROR, ORIGIN_FAILED, false",
        "RESET, ORIGIN_FAILED, false",
        "TRUNCATED, ORIGIN_FAILED, false"
    })
    void shouldTellWhatAnotherAttemptCannotMend(StoreFault fault, CacheErrorCode code, boolean isFinal)
            throws Exception {
        ChunkKey key = store(origin(), chunk(30, 200_000));
        setFault(fault);
        CacheException failure = failure(fetch(origin(), key));
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
        assertThat(failure instanceof OriginRefusedException)
                .as(failure.getMessage())
                .isEqualTo(isFinal);
        assertThat(failure instanceof OriginDeniedException)
                .as(failure.getMessage())
                .isEqualTo(fault == StoreFault.FORBIDDEN);
        assertThat(failure.detail()).contains("expected: ", key.toHex(), origin().describe());
    }

    @Test
    void shouldTellThatItIsAskedToSlowDownBeforeARangeIsRead() {
        String uri = put("data/slow", chunk(33, 10));
        setFault(StoreFault.SLOW_DOWN);
        assertThat(failure(origin().stat(StatRequest.of(uri, TIMEOUT_MILLIS))).code())
                .isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
    }

    @Test
    void shouldAbortACallThatTakesTooLong() throws Exception {
        ChunkKey key = store(origin(), chunk(31, 1_000));
        setFault(StoreFault.HANG);
        CacheException failure = failure(origin().fetch(FetchRequest.ofChunk(key, FetchTimeouts.of(300))));
        assertThat(failure.code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(failure.detail()).contains("within 300 ms");
        Awaitility.await().until(() -> requestsInFlight() == 0);
    }

    @Test
    void shouldAbortACallThatNobodyWaitsFor() throws Exception {
        byte[] chunk = chunk(32, 1_000);
        ChunkKey key = store(origin(), chunk);
        setFault(StoreFault.HANG);
        CompletableFuture<byte[]> fetch = fetch(origin(), key);
        Awaitility.await().until(() -> requestsInFlight() == 1);
        fetch.cancel(true);
        Awaitility.await().until(() -> requestsInFlight() == 0);
        setFault(StoreFault.NONE);
        assertThat(await(fetch(origin(), key))).isEqualTo(chunk);
    }

    @Test
    void shouldFailCallsInFlightAsItCloses() throws Exception {
        ChunkKey key = store(origin(), chunk(33, 100));
        setFault(StoreFault.HANG);
        Origin closing = originOf(100);
        CompletableFuture<byte[]> fetch = fetch(closing, key);
        Awaitility.await().until(() -> requestsInFlight() == 1);
        closing.close();
        assertThat(failure(fetch).code()).isEqualTo(CacheErrorCode.CLOSED);
        Awaitility.await().until(() -> requestsInFlight() == 0);
    }
}
