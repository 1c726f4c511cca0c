package io.zonecache.chaos.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.zonecache.chaos.oracle.ReadTally;
import java.util.List;
import org.junit.jupiter.api.Test;

class TallyJsonTest {

    @Test
    void shouldCarryATallyFromProcessToProcess() {
        ReadTally none = ReadTally.none();
        ReadTally tally = new ReadTally(
                7, 2, 1, 1, 4, 1, none.micros().copy(), none.failedMicros().copy(), List.of("wrong \"bytes\"\n"));
        tally.micros().recordValue(12_345);
        tally.failedMicros().recordValue(5_000_000);
        String line = TallyJson.write(tally).encode();
        assertThat(line).doesNotContain("\n");
        assertThat(TallyJson.read(new JsonObject(line))).isEqualTo(tally);
    }

    @Test
    void shouldCarryASetup() {
        ReaderSetup setup = new ReaderSetup(
                List.of("10.0.0.7:7400", "10.0.0.8:7400"), "http://127.0.0.1:9000", -5, 1_000, 3, 8, 16, 50, 30_000, 9);
        assertThat(ReaderSetup.of(setup.toJson())).isEqualTo(setup);
    }
}
