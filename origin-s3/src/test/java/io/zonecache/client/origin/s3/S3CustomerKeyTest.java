package io.zonecache.client.origin.s3;

import static io.zonecache.testkit.origin.OriginCalls.chunk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.ChunkKey;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class S3CustomerKeyTest {

    private static final byte[] BYTES = chunk(1, 32);
    private static final CustomerKey KEY = CustomerKey.of(BYTES);
    private static final String BASE64 = Base64.getEncoder().encodeToString(BYTES);
    private static final String HEX = HexFormat.of().formatHex(BYTES);

    @TempDir
    private Path directory;

    private Path file(byte[] content) throws Exception {
        return Files.write(directory.resolve("key"), content);
    }

    @Test
    void shouldBeReadInEachForm() throws Exception {
        assertThat(CustomerKey.read(file(BYTES))).isEqualTo(KEY);
        for (String text : List.of(BASE64, BASE64 + "\n", HEX, " " + HEX + "\r\n", HEX.toUpperCase(Locale.ROOT))) {
            assertThat(CustomerKey.read(file(text.getBytes(StandardCharsets.US_ASCII))))
                    .as(text)
                    .isEqualTo(KEY)
                    .hasSameHashCodeAs(KEY);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldNotReadAnEndlessFile() {
        assertThatThrownBy(() -> CustomerKey.read(Path.of("/dev/zero")))
                .hasMessageStartingWith("customerKeyFile: /dev/zero holds no key");
    }

    @Test
    void shouldNotBeSentWhereOthersCanReadIt() {
        for (String endpoint : List.of("http://minio.example:9000", "http://10.0.0.7")) {
            S3OriginOptions options = S3OriginOptions.builder()
                    .endpoint(URI.create(endpoint))
                    .customerKey(KEY)
                    .build();
            assertThatThrownBy(() -> S3Origin.open("s3://bucket", options))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("customerKey: would be sent in clear to " + endpoint
                            + " (expected: https, or a loopback address)");
        }
        for (String endpoint :
                List.of("https://minio.example", "http://localhost:1", "http://127.0.0.1", "http://[::1]:1")) {
            S3Origin.open(
                            "s3://bucket",
                            S3OriginOptions.builder()
                                    .endpoint(URI.create(endpoint))
                                    .customerKey(KEY)
                                    .build())
                    .close();
        }
    }

    @Test
    void shouldRejectWhatIsNoKeyAndNotQuoteIt() throws Exception {
        assertThatThrownBy(() -> CustomerKey.of(new byte[31]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("customerKey: 31 bytes (expected: 32)");
        for (byte[] content : List.of(
                new byte[0],
                new byte[33],
                chunk(2, 100_000),
                "secret".getBytes(StandardCharsets.US_ASCII),
                "x".repeat(64).getBytes(StandardCharsets.US_ASCII))) {
            Path file = file(content);
            assertThatThrownBy(() -> CustomerKey.read(file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasNoCause()
                    .hasMessage("customerKeyFile: " + file
                            + " holds no key (expected: 32 bytes, or their base64, or their 64 hex digits)");
        }
        assertThatThrownBy(() -> CustomerKey.read(directory.resolve("none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("customerKeyFile: no file " + directory.resolve("none"))
                .hasMessageContaining("expected: one of 32 bytes");
    }

    @Test
    void shouldShowItsDigestOnly() {
        assertThat(KEY.sha256()).isEqualTo(ChunkKey.sha256Of(BYTES).toHex());
        assertThat(KEY.toString()).isEqualTo("CustomerKey[sha256=" + KEY.sha256() + "]");
        assertThat(KEY).isNotEqualTo(CustomerKey.of(chunk(2, 32)));
    }

    @Test
    void shouldNotFollowTheArrayThatItWasMadeOf() {
        byte[] bytes = BYTES.clone();
        CustomerKey key = CustomerKey.of(bytes);
        bytes[0]++;
        assertThat(key).isEqualTo(KEY);
    }
}
