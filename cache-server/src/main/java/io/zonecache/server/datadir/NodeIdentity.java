package io.zonecache.server.datadir;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Whose a data directory is, as {@code node.properties} says it: lines of {@code zone=}, {@code id=} and the {@code crc32c=} of both. A
 * file without checksum, of an earlier version, is whole if it has both lines and ends with a line feed.
 */
record NodeIdentity(String zone, String id) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
    private static final String ZONE = "zone";
    private static final String ID = "id";
    private static final String CHECKSUM = "crc32c";

    byte[] toBytes() {
        String text = ZONE + '=' + zone + '\n' + ID + '=' + id + '\n' + CHECKSUM + '=' + checksum() + '\n';
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** @return null if the content is empty, cut off or damaged */
    static @Nullable NodeIdentity parse(byte[] content) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        Map<String, String> values = new HashMap<>();
        for (String line : text.split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        String zone = values.get(ZONE);
        String id = values.get(ID);
        if (zone == null || id == null || !isName(zone) || !isName(id) || !text.endsWith("\n")) {
            return null;
        }
        NodeIdentity identity = new NodeIdentity(zone, id);
        String checksum = values.get(CHECKSUM);
        return checksum == null || checksum.equals(identity.checksum()) ? identity : null;
    }

    /** The line of damaged content that says another zone or id than this; null if none does, so that the content may have been this. */
    @Nullable
    String contradiction(byte[] damaged) {
        // Zeros are what a power loss may leave in place of what was not on disk yet.
        String text = new String(damaged, StandardCharsets.ISO_8859_1).replace("\0", "");
        for (int from = 0; from < text.length(); ) {
            int lineFeed = text.indexOf('\n', from);
            int end = lineFeed < 0 ? text.length() : lineFeed;
            String line = text.substring(from, end);
            if (contradicts(line, lineFeed >= 0, ZONE + '=', zone) || contradicts(line, lineFeed >= 0, ID + '=', id)) {
                // Damaged bytes must not reach a terminal as they are.
                return line.replaceAll("[^ -~]", "?");
            }
            from = end + 1;
        }
        return null;
    }

    @Override
    public String toString() {
        return zone + '/' + id;
    }

    private static boolean contradicts(String line, boolean isWhole, String name, String value) {
        if (!line.startsWith(name)) {
            return false;
        }
        String said = line.substring(name.length());
        return isWhole ? !said.equals(value) : !value.startsWith(said);
    }

    private static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    private String checksum() {
        CRC32C crc = new CRC32C();
        crc.update(toString().getBytes(StandardCharsets.ISO_8859_1));
        return String.format(Locale.ROOT, "%08x", crc.getValue());
    }
}
