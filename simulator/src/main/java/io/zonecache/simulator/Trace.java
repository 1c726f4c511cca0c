package io.zonecache.simulator;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** References in order; keys are numbered from 0 in the order of their first reference. Immutable. */
public final class Trace {

    /** Two gigabytes of memory; also what doubling an array can reach. */
    private static final int MAX_REFERENCES = 1 << 29;

    private static final int GZIP_MAGIC = 0x1F8B;

    private final String name;
    private final int[] references;
    private final int keys;

    private Trace(String name, int[] references, int keys) {
        this.name = name;
        this.references = references;
        this.keys = keys;
    }

    /**
     * A file with a key, any text, in each line; blank lines and spaces around a key are left out. May be gzipped, whatever it is
     * called.
     *
     * @throws IOException also for more than {@value #MAX_REFERENCES} references
     */
    public static Trace read(Path file) throws IOException {
        try (InputStream bytes = Files.newInputStream(file)) {
            return read(String.valueOf(file.getFileName()), bytes);
        }
    }

    /** As {@link #read(Path)}; the caller closes the stream. */
    public static Trace read(String name, InputStream bytes) throws IOException {
        try {
            return readLines(name, bytes);
        } catch (EOFException e) {
            throw new IOException("the gzip data ends before its end", e);
        } catch (ZipException e) {
            throw new IOException("the gzip data is damaged: " + e.getMessage(), e);
        }
    }

    private static Trace readLines(String name, InputStream bytes) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(bytes);
        buffered.mark(2);
        boolean zipped = (buffered.read() << Byte.SIZE | buffered.read()) == GZIP_MAGIC;
        buffered.reset();
        InputStream plain = zipped ? new GZIPInputStream(buffered) : buffered;
        // Byte by byte, so that keys in any encoding stay apart.
        BufferedReader lines = new BufferedReader(new InputStreamReader(plain, StandardCharsets.ISO_8859_1));
        Map<String, Integer> numbers = new HashMap<>();
        int[] references = new int[1024];
        int count = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String key = line.strip();
            if (!key.isEmpty()) {
                if (count == MAX_REFERENCES) {
                    throw new IOException("more than " + MAX_REFERENCES + " references (expected: a shorter trace)");
                }
                references = count == references.length ? Arrays.copyOf(references, 2 * count) : references;
                references[count++] = numbers.computeIfAbsent(key, unknown -> numbers.size());
            }
        }
        return new Trace(name, Arrays.copyOf(references, count), numbers.size());
    }

    /** So many references to the keys that the function names, below the bound. */
    public static Trace generate(String name, int references, int keys, IntUnaryOperator keyAt) {
        int[] generated = new int[references];
        Arrays.setAll(generated, keyAt);
        return new Trace(name, generated, keys);
    }

    public String name() {
        return name;
    }

    public int references() {
        return references.length;
    }

    /** Every key is below this number. */
    public int keys() {
        return keys;
    }

    public int keyAt(int reference) {
        return references[reference];
    }
}
