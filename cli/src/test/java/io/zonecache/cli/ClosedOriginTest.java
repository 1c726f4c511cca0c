package io.zonecache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.cli.command.ExitCodes;
import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginProvider;
import io.zonecache.client.origin.OriginSetting;
import io.zonecache.client.origin.OriginSettings;
import io.zonecache.model.ChunkKey;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that fail between the opening of their origin and the start of their client. */
class ClosedOriginTest {

    private static final AtomicInteger OPENED = new AtomicInteger();
    private static final AtomicInteger CLOSED = new AtomicInteger();

    @TempDir
    private Path directory;

    @Test
    void shouldCloseTheOriginOfACommandThatFails() throws Exception {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(services.resolve(OriginProvider.class.getName()), CountedProvider.class.getName());
        Path noKeys = Files.writeString(directory.resolve("list"), "no key\n");
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()}, before)) {
            Thread.currentThread().setContextClassLoader(loader);
            assertAllClosed("get --list " + noKeys, ExitCodes.FAILED);
            assertAllClosed("warm --list " + noKeys, ExitCodes.USAGE);
            assertAllClosed("put " + directory.resolve("absent"), ExitCodes.USAGE);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static void assertAllClosed(String line, int exitCode) {
        int opened = OPENED.get();

        Cli.Result result = Cli.run((line + " --nodes 127.0.0.1:1 --origin counted:x").split(" ", -1));

        assertThat(result.exitCode()).as(result.err()).isEqualTo(exitCode);
        assertThat(OPENED.get()).isEqualTo(opened + 1);
        assertThat(CLOSED.get()).isEqualTo(OPENED.get());
    }

    /** Found by its name in a file of services. */
    public static final class CountedProvider implements OriginProvider {

        @Override
        public String scheme() {
            return "counted";
        }

        @Override
        public String locationForm() {
            return "counted:NAME";
        }

        @Override
        public List<OriginSetting> settings() {
            return List.of();
        }

        @Override
        public Origin open(String location, OriginSettings settings) {
            OPENED.incrementAndGet();
            return new CountedOrigin();
        }
    }

    /** Of which the zone must keep nothing. */
    private static final class CountedOrigin implements Origin {

        @Override
        public CompletableFuture<byte[]> fetch(FetchRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Void> store(ChunkKey key, ByteBuffer chunk, long timeoutMillis) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean allowsWriteBack() {
            return false;
        }

        @Override
        public String describe() {
            return "counted:x";
        }

        @Override
        public void close() {
            CLOSED.incrementAndGet();
        }
    }
}
