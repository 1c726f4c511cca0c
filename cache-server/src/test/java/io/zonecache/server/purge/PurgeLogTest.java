package io.zonecache.server.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.PurgePage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PurgeLogTest {

    private static final PurgeToken UNHEARD = PurgeToken.parse("since", "0-0000000000000000");

    @Test
    void shouldPageFromTheOldestToTheNewest() {
        PurgeLog log = new PurgeLog();
        log.add(keys(1, 6));
        PurgePage first = log.since(UNHEARD, 2);
        assertThat(first.keys()).isEqualTo(keys(1, 3));
        assertThat(first.more()).isTrue();
        PurgePage second = log.since(token(first), 2);
        log.add(keys(6, 7));
        PurgePage third = log.since(token(second), 2);
        assertThat(second.keys()).isEqualTo(keys(3, 5));
        assertThat(third.keys()).isEqualTo(keys(5, 7));
        assertThat(third.more()).isFalse();
        assertThat(third.token()).isEqualTo(log.tokenText());
        assertThat(log.since(token(third), 2)).isEqualTo(new PurgePage(log.tokenText(), true, false, List.of()));
    }

    @Test
    void shouldNotKnowTheTokenOfAListThatIsLongerOrHasOtherKeys() {
        PurgeLog log = new PurgeLog();
        log.add(keys(1, 4));
        PurgeLog longer = new PurgeLog();
        longer.add(keys(1, 5));
        PurgeLog other = new PurgeLog();
        other.add(keys(2, 5));
        for (PurgeLog unknown : List.of(longer, other)) {
            assertThat(log.since(PurgeToken.parse("since", unknown.tokenText()), 10))
                    .isEqualTo(new PurgePage(log.tokenText(), false, false, List.of()));
        }
    }

    /** A client that moves to another node need not drop all that it has. */
    @Test
    void shouldKnowTheTokenOfANodeThatLearntOfTheSameKeysInAnotherOrder() {
        PurgeLog log = new PurgeLog();
        log.add(keys(1, 6));
        List<ChunkKey> backwards = new ArrayList<>(keys(1, 6));
        Collections.reverse(backwards);
        PurgeLog other = new PurgeLog();
        other.add(backwards);
        assertThat(other.tokenText()).isEqualTo(log.tokenText());
        other.add(keys(6, 8));
        assertThat(other.since(PurgeToken.parse("since", log.tokenText()), 10).keys())
                .isEqualTo(keys(6, 8));
    }

    @Test
    void shouldTellAClientThatStartsNoKeys() {
        PurgeLog log = new PurgeLog();
        log.add(keys(1, 4));
        assertThat(log.start()).isEqualTo(new PurgePage(log.tokenText(), true, false, List.of()));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldTellAClientEveryKeyOnceHoweverItAsks(long seed) {
        Random random = new Random(seed);
        PurgeLog log = new PurgeLog();
        List<ChunkKey> heard = new ArrayList<>();
        PurgeToken known = UNHEARD;
        int purged = 0;
        while (purged < 5_000) {
            int more = random.nextInt(200);
            log.add(keys(purged, purged + more));
            purged += more;
            for (int asked = random.nextInt(4); asked > 0; asked--) {
                PurgePage page = log.since(known, 1 + random.nextInt(100));
                assertThat(page.complete()).as("seed %d", seed).isTrue();
                heard.addAll(page.keys());
                known = token(page);
                assertThat(page.more()).isEqualTo(heard.size() < purged);
            }
        }
        heard.addAll(log.since(known, purged).keys());
        assertThat(heard).as("seed %d", seed).isEqualTo(keys(0, purged));
    }

    private static PurgeToken token(PurgePage page) {
        return PurgeToken.parse("since", page.token());
    }

    private static List<ChunkKey> keys(int from, int to) {
        List<ChunkKey> keys = new ArrayList<>();
        for (int i = from; i < to; i++) {
            keys.add(new ChunkKey(i, 0, 0, 0));
        }
        return keys;
    }
}
