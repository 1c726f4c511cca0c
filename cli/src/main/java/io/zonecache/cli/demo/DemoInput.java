package io.zonecache.cli.demo;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.IoReasons;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Files cut into chunks that their SHA-256 names. Chunks are read again when they are wanted, so a big file costs no memory.
 *
 * @param totalBytes of the distinct chunks
 * @param truncated whether there was more than {@link #MAX_BYTES}
 */
record DemoInput(Map<ChunkKey, Piece> pieces, long totalBytes, boolean truncated) {

    static final int CHUNK_BYTES = 512 * 1024;

    /** Twice what the default file has; with parity a quarter more, in six nodes of 1 GiB and one S3 server's memory. */
    static final long MAX_BYTES = 256L << 20;

    /** Where a chunk's bytes are. */
    record Piece(Path file, long offset, int length) {}

    List<ChunkKey> keys() {
        return List.copyOf(pieces.keySet());
    }

    /** The running JDK's own modules: some 250 chunks that every user of this program has. */
    static Path defaultFile() {
        return Path.of(System.getProperty("java.home"), "lib", "modules");
    }

    /** @throws DemoException if a file can't be read, or all are empty */
    static DemoInput cut(List<Path> files) {
        Map<ChunkKey, Piece> pieces = new LinkedHashMap<>();
        long taken = 0;
        long distinct = 0;
        boolean truncated = false;
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                long offset = 0;
                for (byte[] chunk = in.readNBytes(CHUNK_BYTES); chunk.length > 0; chunk = in.readNBytes(CHUNK_BYTES)) {
                    if (taken + chunk.length > MAX_BYTES) {
                        truncated = true;
                        break;
                    }
                    if (pieces.putIfAbsent(ChunkKey.sha256Of(chunk), new Piece(file, offset, chunk.length)) == null) {
                        distinct += chunk.length;
                    }
                    taken += chunk.length;
                    offset += chunk.length;
                }
            } catch (IOException e) {
                throw new DemoException("file " + file + ": " + IoReasons.of(e) + " (expected: a readable file)", e);
            }
        }
        if (pieces.isEmpty()) {
            throw new DemoException("files " + files + ": empty (expected: at least one byte)");
        }
        return new DemoInput(pieces, distinct, truncated);
    }

    ByteBuffer read(ChunkKey key) {
        Piece piece = pieces.get(key);
        if (piece == null) {
            throw new IllegalArgumentException("chunk " + key + ": not one of the input's");
        }
        try (InputStream in = Files.newInputStream(piece.file)) {
            in.skipNBytes(piece.offset);
            byte[] bytes = in.readNBytes(piece.length);
            return ByteBuffer.wrap(Arrays.copyOf(bytes, piece.length)).asReadOnlyBuffer();
        } catch (IOException e) {
            throw new DemoException("file " + piece.file + ": " + IoReasons.of(e) + " (it was readable before)", e);
        }
    }

    /** One key a line, for the workers. */
    void writeKeys(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        pieces.keySet().forEach(key -> lines.add(key.toHex()));
        Files.write(file, lines);
    }
}
