package io.zonecache.client.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.ChunkKey;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Providers are found on the class path, and told what they do not know. */
final class OriginsTest {

    private static final OriginSetting ENDPOINT = new OriginSetting("endpoint", "http://HOST[:PORT]", "Where it is.");
    private static final OriginSetting SHY = new OriginSetting("shy", "true or false", "Whether it is shy.");

    @TempDir
    Path directory = Path.of("set by JUnit");

    /** Of a store that is not there. */
    public static final class TestProvider implements OriginProvider {

        @Override
        public String scheme() {
            return "test";
        }

        @Override
        public String locationForm() {
            return "test:PLACE";
        }

        @Override
        public List<OriginSetting> settings() {
            return List.of(ENDPOINT, SHY, OriginSetting.THREADS, OriginSetting.QUEUE_LENGTH);
        }

        @Override
        public Origin open(String location, OriginSettings settings) {
            String name = location + " " + settings.uri(ENDPOINT) + " " + settings.flag(SHY, false) + " "
                    + settings.limits().threads();
            settings.check();
            return new NamedOrigin(name);
        }
    }

    private record NamedOrigin(String describe) implements Origin {

        @Override
        public CompletableFuture<byte[]> fetch(FetchRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Void> store(ChunkKey key, ByteBuffer chunk, long timeoutMillis) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    @Test
    void shouldAskTheProviderOfTheScheme() {
        Map<String, String> settings = Map.of("endpoint", "http://host:80", "shy", "TRUE", "threads", "3");
        assertThat(Origins.parse("test:place", settings).describe()).isEqualTo("test:place http://host:80 true 3");
        assertThat(Origins.parse("test:place").describe()).isEqualTo("test:place null false 16");
    }

    @ParameterizedTest
    @CsvSource({"gs://bucket, gs", "TEST:place, TEST", "file:/some/where, file"})
    void shouldNameTheProvidersThatAreThereWhereNoneHasTheScheme(String location, String scheme) {
        assertThatThrownBy(() -> Origins.parse(location))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("location: \"" + location + "\" (expected: test:PLACE; or a module for " + scheme
                        + ": on the class path, as zonecache-origin-s3 is for s3:)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "test", ":place", "/some/where"})
    void shouldNameTheProvidersThatAreThereWhereThereIsNoScheme(String location) {
        assertThatThrownBy(() -> Origins.parse(location))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("location: \"" + location + "\" (expected: test:PLACE)");
    }

    @Test
    void shouldNameEverySettingThatIsWrong() {
        Map<String, String> settings = Map.of(
                "endpoint", "not a URI", "shy", "perhaps", "threads", "0", "queueLength", "many", "colour", "blue");
        assertThatThrownBy(() -> Origins.parse("test:place", settings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("setting colour: unknown (expected: one of endpoint, shy, threads, queueLength)")
                .hasMessageContaining("endpoint: not a URI (expected: http://HOST[:PORT])")
                .hasMessageContaining("shy: perhaps (expected: true or false)")
                .hasMessageContaining("queueLength: many (expected: 0..1000000)")
                .hasMessageContaining("threads: 0 (expected: 1..10000)");
    }

    @Test
    void shouldNotQuoteAPassword() {
        for (String endpoint :
                List.of("http://user:s3cr%t@host", "https://user:s3cret@minio_1:9 000", "user:s3@et@h:1 2")) {
            assertThatThrownBy(() -> Origins.parse("test:place", Map.of("endpoint", endpoint)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("endpoint: ...@")
                    .hasMessageNotContainingAny("user", "s3cr", "s3@et");
        }
    }

    /** Its bytes are of a class that no JDK knows. */
    private static final class BrokenLoader extends URLClassLoader {

        BrokenLoader(URL directory, ClassLoader parent) {
            super(new URL[] {directory}, parent);
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.equals("future.Provider")) {
                throw new UnsupportedClassVersionError(name);
            }
            return super.findClass(name);
        }
    }

    /** A class path that can't be read. */
    private static final class UnreadableLoader extends ClassLoader {

        UnreadableLoader(ClassLoader parent) {
            super(parent);
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            throw new IOException("stale file handle");
        }
    }

    @Test
    void shouldLeaveOutAProviderThatCannotBeLoaded() throws IOException {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(services.resolve(OriginProvider.class.getName()), "no.such.Provider\nfuture.Provider\n");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new BrokenLoader(directory.toUri().toURL(), before)) {
            for (ClassLoader broken : new ClassLoader[] {loader, new UnreadableLoader(before)}) {
                thread.setContextClassLoader(broken);
                assertThat(Origins.providers())
                        .extracting(OriginProvider::scheme)
                        .containsExactly("test");
            }
            thread.setContextClassLoader(null);
            assertThat(Origins.providers()).extracting(OriginProvider::scheme).containsExactly("test");
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
