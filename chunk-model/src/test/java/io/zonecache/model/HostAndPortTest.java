package io.zonecache.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostAndPortTest {

    @ParameterizedTest
    @CsvSource({
        "n1:8, n1, 8, n1:8",
        "Node-1.zone_a.svc:7400, Node-1.zone_a.svc, 7400, Node-1.zone_a.svc:7400",
        "10.0.0.7:65535, 10.0.0.7, 65535, 10.0.0.7:65535",
        "n1:07400, n1, 7400, n1:7400",
        "[::1]:7400, ::1, 7400, [::1]:7400",
        "[::]:1, ::, 1, [::]:1",
        "[FD00:0:0:0:0:0:00A0:7]:7400, fd00::a0:7, 7400, [fd00::a0:7]:7400",
        "[1:0:0:2:0:0:0:3]:7, 1:0:0:2::3, 7, [1:0:0:2::3]:7",
        "[1:0:0:2:3:0:0:4]:7, 1::2:3:0:0:4, 7, [1::2:3:0:0:4]:7",
        "[1:2:3:4:5:6:7::]:7, 1:2:3:4:5:6:7:0, 7, [1:2:3:4:5:6:7:0]:7",
        "[1:0:3:4:5:6:7:8]:7, 1:0:3:4:5:6:7:8, 7, [1:0:3:4:5:6:7:8]:7",
        "[64:ff9b::10.0.0.7]:7, 64:ff9b::a00:7, 7, [64:ff9b::a00:7]:7",
        "[fe80::1%eth0.1]:7, fe80::1%eth0.1, 7, [fe80::1%eth0.1]:7",
        "[::ffff:10.0.0.7]:7, 10.0.0.7, 7, 10.0.0.7:7",
        "[::ffff:a00:7]:7, 10.0.0.7, 7, 10.0.0.7:7"
    })
    void shouldReadEveryFormAndWriteTheCanonicalOne(String text, String host, int port, String canonical) {
        HostAndPort address = HostAndPort.parse(text);

        assertThat(address).isEqualTo(new HostAndPort(host, port)).hasToString(canonical);
        assertThat(address.host()).isEqualTo(host);
        assertThat(HostAndPort.parse(canonical)).isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "`` | a host",
                ":7 | a host",
                "n1 | host:port",
                "[::1] | host:port",
                "[::1]7400 | host:port",
                "n1: | a port of 1..65535",
                "n1:0 | a port of 1..65535",
                "n1:65536 | a port of 1..65535",
                "n1:+7 | a port of 1..65535",
                "n1:٧ | a port of 1..65535",
                "[::1]: | a port of 1..65535",
                "::1 | an IPv6 address in brackets, as in [fd00::7]:7400",
                "::1:7400 | an IPv6 address in brackets, as in [fd00::7]:7400",
                "fd00::7:7400 | an IPv6 address in brackets, as in [fd00::7]:7400",
                "[::1:7400 | an IPv6 address in brackets, as in [fd00::7]:7400",
                "a:b:7 | an IPv6 address in brackets, as in [fd00::7]:7400",
                "[n1]:7 | an IPv6 address such as [fd00::7] or [fe80::7%eth0]",
                "[10.0.0.7]:7 | an IPv6 address such as [fd00::7] or [fe80::7%eth0]",
                "[]:7 | an IPv6 address such as [fd00::7] or [fe80::7%eth0]",
                "[:]:7 | an IPv6 address such as [fd00::7] or [fe80::7%eth0]",
                "[1::2::3]:7 | an IPv6 address such as [fd00::7] or [fe80::7%eth0]",
                "[:::1]:7 | an IPv6 address such as [fd00::7] or [fe80::7%eth0]",
                "[1:2:3:4:5:6:7]:7 | an IPv6 address such as [fd00::7] or [fe80::7%eth0]",
                "[1:2:3:4:5:6:7:8:9]:7 | an IPv6 address such as [fd00::7] or [fe80::7%eth0]",
                "[1:2:3:4::5:6:7:8]:7 | an IPv6 address such as [fd00::7] or [fe80::7%eth0]",
                "[fd00::12345]:7 | an IPv6 address such as [fd00::7] or [fe80::7%eth0]",
                "[fd00::g]:7 | an IPv6 address such as [fd00::7] or [fe80::7%eth0]",
                "[::256.0.0.1]:7 | an IPv6 address such as [fd00::7] or [fe80::7%eth0]",
                "[10.0.0.7::]:7 | an IPv6 address such as [fd00::7] or [fe80::7%eth0]",
                "[fe80::1%]:7 | an IPv6 address such as [fd00::7] or [fe80::7%eth0]",
                "[fe80::1%a/b]:7 | an IPv6 address such as [fd00::7] or [fe80::7%eth0]",
                "a b:7 | a host of letters, digits, '.', '-' and '_'",
                "u@h:7 | a host of letters, digits, '.', '-' and '_'",
                "h/x:7 | a host of letters, digits, '.', '-' and '_'",
                "h%eth0:7 | a host of letters, digits, '.', '-' and '_'",
                "10.0.0.256:7 | an IPv4 address of four numbers up to 255, without leading zeros",
                "10.0.7:7 | an IPv4 address of four numbers up to 255, without leading zeros",
                "010.0.0.7:7 | an IPv4 address of four numbers up to 255, without leading zeros",
                "7:7 | an IPv4 address of four numbers up to 255, without leading zeros"
            })
    void shouldSayWhatIsWrong(String text, String expected) {
        assertThatThrownBy(() -> HostAndPort.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage('"' + text + "\" (expected: " + expected + ')');
    }

    @ParameterizedTest
    @CsvSource({"n1, n1:7", "n1:8, n1:8", "10.0.0.7, 10.0.0.7:7", "[fd00::7], [fd00::7]:7", "[fd00::7]:8, [fd00::7]:8"})
    void shouldTakeAHostWithOrWithoutAPort(String text, String expected) {
        assertThat(HostAndPort.parse(text, 7)).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fd00::7", "fd00::7:7400", "n1:0", ""})
    void shouldNotGuessWhereAPortBegins(String text) {
        assertThatThrownBy(() -> HostAndPort.parse(text, 7)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"n1, n1", "0.0.0.0, 0.0.0.0", "::, ::", "[::], ::", "0:0:0:0:0:0:0:1, ::1", "[fe80::1%2], fe80::1%2"})
    void shouldTakeAHostAloneWithOrWithoutBrackets(String text, String expected) {
        assertThat(HostAndPort.parseHost(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "n1:7", "[::1]:7", "[::1", "::1]", "[n1]", "10.0.0.7:7400"})
    void shouldRefuseWhatIsNoHostAlone(String text) {
        assertThatThrownBy(() -> HostAndPort.parseHost(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith('"' + text + "\" (expected: ");
    }

    @Test
    void shouldWriteHostsForUrls() {
        assertThat(new HostAndPort("0::1", 0).bracketedHost()).isEqualTo("[::1]");
        assertThat(new HostAndPort("[::1]", 7)).isEqualTo(new HostAndPort("::1", 7));
        assertThat(new HostAndPort("n1", 7).bracketedHost()).isEqualTo("n1");
    }

    @Test
    void shouldTellAnAddressThatMeansSomethingOnOneMachineOnly() {
        assertThat(HostAndPort.parse("[fe80::7%eth0]:7400").hasZone()).isTrue();
        assertThat(HostAndPort.parse("[fd00::7]:7400").hasZone()).isFalse();
    }

    @Test
    void shouldRefusePortsOutOfRange() {
        assertThatThrownBy(() -> new HostAndPort("n1", 65_536)).hasMessage("port: 65536 (expected: 0..65535)");
        assertThatThrownBy(() -> new HostAndPort("n1", -1)).hasMessage("port: -1 (expected: 0..65535)");
    }
}
