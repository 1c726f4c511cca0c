package io.zonecache.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ViewJsonTest {

    private static final String JSON = FormatsDocument.block("view").get(0);

    @Test
    void shouldIgnoreUnknownFieldsButCountThemInTheVersion() {
        String later = JSON.replace(
                "\"recordVersion\":1", "\"recordVersion\":1,\"later\":{\"a\":[1,2.5e3,null,true,\"\\u00e9\\n\"]}");
        EncodedView decoded = ViewJson.decode(later);
        assertThat(decoded.view()).isEqualTo(ViewJson.decode(JSON).view());
        assertThat(decoded.version()).isNotEqualTo(ViewJson.decode(JSON).version());
    }

    @Test
    void shouldAcceptWhiteSpaceAndAnyOrder() {
        String spaced = JSON.replace(",", " ,\n\t").replace(":", " : ").replace("10.0.0.1 : 7400", "10.0.0.1:7400");
        for (int i = 2; i <= 6; i++) {
            spaced = spaced.replace("10.0.0." + i + " : 7400", "10.0.0." + i + ":7400");
        }
        assertThat(ViewJson.decode(spaced).view())
                .isEqualTo(ViewJson.decode(JSON).view());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"zone\":\"use1-az1\"|\"zone\":7|zone: 7 (expected: a string)",
                "\"zone\":\"use1-az1\"|\"zone\":\"\"|zone: empty",
                "1795405200123|\"x\"|epoch: x (expected: an integer)",
                "1795405200123|1.5|epoch: 1.5 (expected: an integer)",
                "1795405200123|1e30|epoch: 1E+30 (expected: an integer)",
                "sha256|md5|keyScheme: \"md5\" (expected: sha256 or opaque)",
                "XOR|RAID|code.name: \"RAID\" (expected: XOR or REED_SOLOMON)",
                "\"data\":4|\"data\":0|data stripes: 0 (expected: 1..32)",
                "\"parity\":1|\"parity\":2|parity stripes of XOR: 2",
                "\"originReserve\":4|\"originReserve\":64|originReserve: 64 (expected: less than originBudget, 64)",
                "\"weight\":16|\"weight\":17|weight of node zonecache-5: 17 (expected: 1..16)",
                "\"state\":\"down\"|\"state\":\"lost\"|state: \"lost\" (expected: up or down)",
                "zonecache-1|zonecache-0|node id zonecache-0: twice in one view",
                "\"nodes\":[|\"nodes\":[7,|node: 7 (expected: an object)",
                "\"nodes\":|\"knots\":|nodes: null (expected: an array)"
            })
    void shouldNameWhatIsWrong(String found, String replacement, String message) {
        String wrong = JSON.replace(found, replacement);
        assertThat(wrong).isNotEqualTo(JSON);
        assertThatThrownBy(() -> ViewJson.decode(wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void shouldRefuseAnyTextCutShort() {
        for (int length = 0; length < JSON.length(); length++) {
            String cut = JSON.substring(0, length);
            assertThatThrownBy(() -> ViewJson.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldFailOnlyWithAnArgumentErrorWhateverTheText() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(JSON);
            for (int edits = random.nextInt(4); edits >= 0; edits--) {
                text.setCharAt(random.nextInt(text.length()), "{}[]\",:\\0u-e\u0001".charAt(random.nextInt(13)));
            }
            try {
                ViewJson.decode(text.toString());
            } catch (IllegalArgumentException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining("expected: ");
            }
        }
    }

    @Test
    void shouldBoundDepthAndLength() {
        assertThatThrownBy(() -> ViewJson.decode("[".repeat(100_000))).hasMessageContaining("at most 32 levels");
        assertThatThrownBy(() -> ViewJson.decode(" ".repeat(ViewJson.MAX_CHARS + 1)))
                .hasMessageContaining("at most " + ViewJson.MAX_CHARS);
    }

    @Test
    void shouldCallTheGreaterPairNewer() {
        ViewVersion old = ViewVersion.parseEtag("\"7-00000000000000ff\"");
        assertThat(ViewVersion.parseEtag("\"8-0000000000000000\"")).isGreaterThan(old);
        assertThat(ViewVersion.parseEtag("\"7-0000000000000100\"")).isGreaterThan(old);
        assertThatThrownBy(() -> ViewVersion.parseEtag("W/\"7-00\"")).hasMessageContaining("ETag: W/\"7-00\"");
    }

    @Test
    void shouldQuoteNamesThatNeedIt() {
        ZoneView view = ViewJson.decode(JSON).view();
        ZoneNode odd = new ZoneNode("n\"\\\u0007é", "h:1", "d", 1, NodeState.UP);
        ZoneView renamed = new ZoneView(view.settings(), 1, List.of(odd));
        assertThat(ViewJson.decode(ViewJson.encode(renamed).json()).view()).isEqualTo(renamed);
    }
}
