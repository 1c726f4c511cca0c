package io.zonecache.client.origin.s3;

import static io.zonecache.testkit.origin.OriginCalls.chunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.origin.s3.S3Stub.Answer;
import io.zonecache.client.origin.s3.S3Stub.Request;
import io.zonecache.model.ChunkKey;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The role of a service account, as the pods of EKS have it (IRSA), in a process that has the library's own class path. */
@Tag("slow")
final class S3WebIdentityTest {

    private static final long TIMEOUT_SECONDS = 60;
    private static final String SESSION = "<AssumeRoleWithWebIdentityResponse"
            + " xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleWithWebIdentityResult><Credentials>"
            + "<AccessKeyId>session-id</AccessKeyId><SecretAccessKey>session-secret</SecretAccessKey>"
            + "<SessionToken>session-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
            + "</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";

    @TempDir
    private Path directory;

    @Test
    void shouldGiveAPodItsRole() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "a-web-identity");
        Path output = directory.resolve("output");
        ChunkKey key = ChunkKey.sha256Of(chunk(1, 10));
        try (S3Stub stub = S3Stub.start()) {
            stub.answer(S3WebIdentityTest::answer);
            Process reader = reader(key, stub, token)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                assertThat(reader.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
            } finally {
                reader.destroyForcibly();
            }
            assertThat(Files.readString(output)).endsWith("content" + System.lineSeparator());
            assertThat(stub.requests()).extracting(Request::method).containsExactly("POST", "GET");
            assertThat(stub.requests().get(0).body().toString())
                    .contains("Action=AssumeRoleWithWebIdentity", "WebIdentityToken=a-web-identity", "role%2Freader");
            assertThat(stub.last().path()).startsWith("/bucket/").endsWith(key.toHex());
            assertThat(stub.last().header("X-Amz-Security-Token")).isEqualTo("session-token");
            assertThat(stub.last().header("Authorization")).contains("Credential=session-id/", "/eu-west-1/s3/");
        }
    }

    private static Answer answer(Request request) {
        return request.method().equals("POST")
                ? new Answer(200, Map.of("Content-Type", "text/xml"), SESSION)
                : Answer.object("content", Map.of());
    }

    private static ProcessBuilder reader(ChunkKey key, S3Stub stub, Path token) throws Exception {
        String libraries = Files.readString(Path.of("target/runtime-classpath"), StandardCharsets.UTF_8)
                .strip();
        ProcessBuilder reader = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(File.pathSeparator, "target/classes", "target/test-classes", libraries),
                WebIdentityMain.class.getName(),
                key.toHex());
        Map<String, String> environment = reader.environment();
        environment.keySet().removeIf(name -> name.startsWith("AWS_") || name.endsWith("_proxy"));
        environment.putAll(Map.of(
                "AWS_ROLE_ARN",
                "arn:aws:iam::123456789012:role/reader",
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                token.toString(),
                "AWS_REGION",
                "eu-west-1",
                "AWS_ENDPOINT_URL_STS",
                stub.endpoint().toString(),
                "AWS_ENDPOINT_URL_S3",
                stub.endpoint().toString(),
                "AWS_EC2_METADATA_DISABLED",
                "true"));
        return reader;
    }
}
