package io.zonecache.client.origin.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A certificate authority for one test, with a server's certificate, by the JDK's keytool.
 *
 * @param keyStore PKCS #12, with the server's key
 * @param pem the authority's certificate
 */
record TestCa(Path keyStore, Path pem) {

    static final String PASSWORD = "a-password";
    static final String SERVER_ALIAS = "server";

    private static final long TIMEOUT_SECONDS = 60;

    /** @param hosts which the server's certificate is for */
    static TestCa create(Path directory, String... hosts) throws Exception {
        TestCa ca = new TestCa(directory.resolve("ca.p12"), directory.resolve("ca.pem"));
        String names = Stream.of(hosts).map(host -> "dns:" + host).collect(Collectors.joining(","));
        ca.keytool("-genkeypair", "-alias", "ca", "-keyalg", "EC", "-dname", "CN=ca", "-ext", "bc:c");
        ca.keytool(
                "-genkeypair",
                "-alias",
                SERVER_ALIAS,
                "-signer",
                "ca",
                "-keyalg",
                "EC",
                "-dname",
                "CN=s3",
                "-ext",
                "san=" + names);
        ca.keytool("-exportcert", "-alias", "ca", "-rfc", "-file", ca.pem.toString());
        return ca;
    }

    private void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", keyStore.toString(), "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }
}
