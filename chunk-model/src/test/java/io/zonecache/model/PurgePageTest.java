package io.zonecache.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PurgePageTest {

    @Test
    void shouldReadWhatItWrites() {
        List<ChunkKey> keys = new ArrayList<>();
        for (int i = 0; i < PurgePage.MAX_KEYS; i++) {
            keys.add(new ChunkKey(i, -i, i * 31L, 7));
        }
        for (PurgePage page : List.of(
                new PurgePage("0-0000000000000000", true, false, List.of()),
                new PurgePage("x \"y\"", false, false, List.of()),
                new PurgePage("1024-0123456789abcdef", true, true, keys))) {
            assertThat(PurgePage.decode(page.encode())).isEqualTo(page);
            assertThat(page.encode()).hasSizeLessThan(PurgePage.MAX_CHARS / 3);
        }
    }

    @Test
    void shouldIgnoreFieldsThatItDoesNotKnow() {
        assertThat(PurgePage.decode("{\"later\":[1],\"keys\":[],\"more\":true,\"complete\":false,\"token\":\"t\"}"))
                .isEqualTo(new PurgePage("t", false, true, List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`{\"complete\":true,\"more\":false,\"keys\":[]}`,`token: null (expected: a string)`",
                "`{\"token\":\"t\",\"complete\":1,\"more\":false,\"keys\":[]}`,`complete: 1 (expected: true or false)`",
                "`{\"token\":\"t\",\"complete\":true,\"keys\":[]}`,`more: null (expected: true or false)`",
                "`{\"token\":\"t\",\"complete\":true,\"more\":false}`,`keys: null (expected: an array)`",
                "`{\"token\":\"t\",\"complete\":true,\"more\":false,\"keys\":[\"ab\"]}`,`(expected: 64 lower-case hex digits)`"
            })
    void shouldSayWhatIsWrong(String json, String message) {
        assertThatThrownBy(() -> PurgePage.decode(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
