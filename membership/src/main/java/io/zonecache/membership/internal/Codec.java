package io.zonecache.membership.internal;

import io.zonecache.membership.PurgeDigest;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ViewVersion;
import io.zonecache.model.ZoneView;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes of what members tell each other. Every reader throws {@link IllegalArgumentException} on bytes that are not whole, too
 * long or out of range; trailing bytes are left for later versions.
 */
final class Codec {

    /** The greatest integer that every JSON reader takes exactly; in milliseconds, some 285,000 years. */
    static final long MAX_EPOCH = 1L << 53;

    private static final int VERSION = 1;
    private static final int MAX_NODES = 100_000;

    private Codec() {}

    interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    interface Reader<T> {
        T read(DataInputStream in) throws IOException;
    }

    static byte[] encode(MemberCard card) {
        return write(out -> {
            out.writeUTF(card.instance());
            out.writeUTF(card.clusterAddress());
            out.writeBoolean(card.replaceSettings());
            writeText(
                    out,
                    ViewJson.encode(new ZoneView(card.settings(), 0, List.of(card.node())))
                            .json());
        });
    }

    static MemberCard card(byte[] bytes) {
        return read("member card", bytes, in -> {
            String instance = in.readUTF();
            String clusterAddress = in.readUTF();
            boolean replaceSettings = in.readBoolean();
            ZoneView view = ViewJson.decode(readText(in)).view();
            if (view.nodes().size() != 1) {
                throw new IllegalArgumentException(
                        "nodes of a card: " + view.nodes().size() + " (expected: 1)");
            }
            return new MemberCard(instance, clusterAddress, view.nodes().get(0), view.settings(), replaceSettings);
        });
    }

    static byte[] encode(MemberNews news) {
        return write(out -> {
            out.writeUTF(news.instance());
            out.writeLong(news.sequence());
            out.writeBoolean(news.draining());
            out.writeBoolean(news.down());
            out.writeLong(news.highestEpoch());
            ViewVersion version = news.version();
            out.writeUTF(version == null ? "" : version.etag());
            out.writeLong(news.unconfirmedNanos());
            out.writeInt(news.answers().size());
            for (Map.Entry<String, Long> entry : news.answers().entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeLong(entry.getValue());
            }
            PurgeDigest purges = news.purges();
            if (purges != null) {
                out.writeInt(purges.size());
                out.writeLong(purges.hash());
            }
        });
    }

    static MemberNews news(byte[] bytes) {
        return read("member news", bytes, in -> {
            String instance = in.readUTF();
            long sequence = in.readLong();
            boolean draining = in.readBoolean();
            boolean down = in.readBoolean();
            long highestEpoch = epoch(in.readLong());
            String version = in.readUTF();
            return new MemberNews(
                    instance,
                    sequence,
                    draining,
                    down,
                    highestEpoch,
                    version.isEmpty() ? null : ViewVersion.parseEtag(version),
                    in.readLong(),
                    answers(in),
                    in.available() == 0 ? null : new PurgeDigest(in.readInt(), in.readLong()));
        });
    }

    static byte[] encodePurges(List<ChunkKey> keys) {
        return write(out -> {
            out.writeInt(keys.size());
            for (ChunkKey key : keys) {
                out.write(key.toBytes());
            }
        });
    }

    static List<ChunkKey> purges(byte[] bytes) {
        return read("purged keys", bytes, in -> {
            int size = size(in);
            List<ChunkKey> keys = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                keys.add(new ChunkKey(in.readLong(), in.readLong(), in.readLong(), in.readLong()));
            }
            return keys;
        });
    }

    static byte[] encode(PublishedView view) {
        return write(out -> {
            writeText(out, view.encoded().json());
            out.writeInt(view.instances().size());
            for (Map.Entry<String, String> entry : view.instances().entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeUTF(entry.getValue());
            }
            out.writeInt(view.bases().size());
            for (List<String> ids : view.bases()) {
                out.writeInt(ids.size());
                for (String id : ids) {
                    out.writeUTF(id);
                }
            }
        });
    }

    static PublishedView view(byte[] bytes) {
        return read("view", bytes, in -> {
            EncodedView view = ViewJson.decode(readText(in));
            epoch(view.view().epoch());
            if (view.view().nodes().isEmpty()) {
                throw new IllegalArgumentException("nodes of a view: 0 (expected: at least 1)");
            }
            int size = size(in);
            TreeMap<String, String> instances = new TreeMap<>();
            for (int i = 0; i < size; i++) {
                instances.put(in.readUTF(), in.readUTF());
            }
            return new PublishedView(view, instances, bases(in));
        });
    }

    private static List<List<String>> bases(DataInputStream in) throws IOException {
        List<List<String>> bases = new ArrayList<>();
        int count = size(in);
        for (int i = 0; i < count; i++) {
            List<String> ids = new ArrayList<>();
            int size = size(in);
            for (int j = 0; j < size; j++) {
                ids.add(in.readUTF());
            }
            bases.add(ids);
        }
        return bases;
    }

    private static Map<String, Long> answers(DataInputStream in) throws IOException {
        int size = size(in);
        Map<String, Long> answers = new TreeMap<>();
        for (int i = 0; i < size; i++) {
            answers.put(in.readUTF(), in.readLong());
        }
        return answers;
    }

    private static int size(DataInputStream in) throws IOException {
        int size = in.readInt();
        if (size < 0 || size > MAX_NODES) {
            throw new IllegalArgumentException("entries: " + size + " (expected: 0.." + MAX_NODES + ")");
        }
        return size;
    }

    static long epoch(long epoch) {
        if (epoch < 0 || epoch > MAX_EPOCH) {
            throw new IllegalArgumentException("epoch: " + epoch + " (expected: 0.." + MAX_EPOCH + ")");
        }
        return epoch;
    }

    private static byte[] write(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            writer.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static <T> T read(String what, byte[] bytes, Reader<T> reader) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new IllegalArgumentException("version: " + version + " (expected: " + VERSION + ")");
            }
            return reader.read(in);
        } catch (IOException e) {
            throw new IllegalArgumentException(what + ": " + bytes.length + " bytes (expected: a whole one)", e);
        }
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IllegalArgumentException("text: " + length + " bytes (expected: 0.." + in.available() + ")");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
