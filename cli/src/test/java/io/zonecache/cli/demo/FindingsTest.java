package io.zonecache.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class FindingsTest {

    private static final List<PhaseReport> GOOD = List.of(
            phase("cold", 246, 12),
            phase("warm", 0, 0),
            phase("frozen", 0, 0),
            phase("killed", 0, 0),
            phase("back", 0, 0),
            phase("emptied", 246, 12));

    @Test
    void shouldFindNothingBrokenWhenAllHolds() {
        Findings findings = Findings.of(new DemoReport(246, 16, GOOD));

        assertThat(findings.broken()).isEmpty();
        assertThat(findings.words())
                .anySatisfy(line -> assertThat(line).contains("60,000 reads").contains("no byte was wrong"))
                .anySatisfy(line -> assertThat(line).startsWith("cold:").contains("246"))
                .anySatisfy(line -> assertThat(line).startsWith("frozen:").contains("S3 is not asked once"))
                .anySatisfy(line -> assertThat(line).startsWith("emptied:").contains("12 GETs"));
    }

    @Test
    void shouldNameEveryBrokenPromise() {
        assertBroken("warm", phase -> with(phase, 1, 0, 0, 0, 0), "warm, failed: 1 (expected: 0)");
        assertBroken("back", phase -> with(phase, 0, 2, 0, 0, 0), "back, refused: 2 (expected: 0)");
        assertBroken("killed", phase -> with(phase, 0, 0, 3, 0, 0), "killed, wrongBytes: 3 (expected: 0)");
        assertBroken("frozen", phase -> with(phase, 0, 0, 0, 4, 1), "frozen, originGets: 4 (expected: 0)");
        assertBroken(
                "cold", phase -> with(phase, 0, 0, 0, 247, 12), "cold, originGets: 247 (expected: 246, one a chunk)");
        assertBroken(
                "emptied",
                phase -> with(phase, 0, 0, 0, 246, 17),
                "emptied, originPeakInFlight: 17 (expected: at most 16)");
        assertBroken(
                "emptied",
                phase -> with(phase, 0, 0, 0, 246, 7),
                "emptied, originPeakInFlight: 7 (expected: at least 8)");
    }

    @Test
    void shouldHaveARowForEachPhase() {
        assertThat(new DemoReport(246, 16, GOOD).table().lines())
                .hasSize(7)
                .anySatisfy(row ->
                        assertThat(row).startsWith("emptied").contains("10,000").endsWith("12"));
    }

    @Test
    void shouldBeJsonOfFixedNames() throws Exception {
        String json = new ObjectMapper().writeValueAsString(new DemoReport(246, 16, GOOD.subList(1, 2)));

        assertThat(json)
                .isEqualTo("{\"distinctChunks\":246,\"originBudget\":16,\"phases\":[{\"name\":\"warm\",\"reads\":10000,"
                        + "\"failed\":0,\"refused\":0,\"wrongBytes\":0,\"fromLocal\":0,\"fromZone\":10000,\"fromOrigin\":0,"
                        + "\"p50Micros\":5000,\"p99Micros\":40000,\"p999Micros\":90000,\"readsPerSecond\":900,"
                        + "\"originGets\":0,\"originPeakInFlight\":0}]}");
    }

    private static void assertBroken(String name, UnaryOperator<PhaseReport> change, String finding) {
        List<PhaseReport> phases = new ArrayList<>(GOOD);
        phases.replaceAll(phase -> phase.name().equals(name) ? change.apply(phase) : phase);

        assertThat(Findings.of(new DemoReport(246, 16, phases)).broken()).containsExactly(finding);
    }

    private static PhaseReport phase(String name, long originGets, int peak) {
        return new PhaseReport(
                name,
                10_000,
                0,
                0,
                0,
                0,
                10_000 - originGets,
                originGets,
                5_000,
                40_000,
                90_000,
                900,
                originGets,
                peak,
                List.of());
    }

    private static PhaseReport with(
            PhaseReport phase, long failed, long refused, long wrongBytes, long originGets, int peak) {
        return new PhaseReport(
                phase.name(),
                phase.reads(),
                failed,
                refused,
                wrongBytes,
                0,
                phase.fromZone(),
                phase.fromOrigin(),
                phase.p50Micros(),
                phase.p99Micros(),
                phase.p999Micros(),
                phase.readsPerSecond(),
                originGets,
                peak,
                List.of());
    }
}
