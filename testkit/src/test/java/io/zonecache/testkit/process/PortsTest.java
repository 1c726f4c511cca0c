package io.zonecache.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortsTest {

    @Test
    void shouldGiveEachPortOnce() {
        List<Integer> ports = IntStream.range(0, 100)
                .mapToObj(i -> Ports.free(3))
                .flatMap(List::stream)
                .toList();

        assertThat(Set.copyOf(ports)).hasSize(300);
        PortRange range = PortRange.quiet();
        assertThat(new HashSet<>(ports)).allSatisfy(port -> assertThat(port).isBetween(range.first(), range.last()));
    }

    @ParameterizedTest
    @CsvSource({
        "32768, 60999, 10000, 32767",
        "16000, 65535, 10000, 15999",
        "1024, 50000, 50001, 65535",
        "1024, 4999, 10000, 65535",
        "1024, 65535, 10000, 65535",
    })
    void shouldKeepAwayFromEphemeralPorts(int ephemeralFirst, int ephemeralLast, int first, int last) {
        assertThat(PortRange.beside(new PortRange(ephemeralFirst, ephemeralLast)))
                .isEqualTo(new PortRange(first, last));
    }
}
