package io.zonecache.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HostAndPortTest {

    @ParameterizedTest
    @CsvSource({"n1, n1:7", "n1:8, n1:8", "10.0.0.7, 10.0.0.7:7", "[fd00::7], [fd00::7]:7", "[fd00::7]:8, [fd00::7]:8"})
    void shouldTakeAHostWithOrWithoutAPort(String text, String expected) {
        HostAndPort address = HostAndPort.parse(text);
        assertThat(address).isNotNull();
        assertThat(address.orPort(7)).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":7", "a:b", "u@h:7", "h:65536", "a b", "fd00::7"})
    void shouldRefuseWhatIsNeither(String text) {
        assertThat(HostAndPort.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"fd00::7, '[fd00::7]:7'", "'[fd00::7]', '[fd00::7]:7'", "n1, n1:7"})
    void shouldPutAnAddressWithColonsInBrackets(String host, String expected) {
        assertThat(new HostAndPort(host, 7)).hasToString(expected);
    }
}
