package io.zonecache.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a node answers to who asks for the keys purged since a token, as docs/formats.md describes it.
 *
 * @param token what to ask with next; the newest unless there is more
 * @param complete false if the node does not know the token that it was asked with: anything may have been purged since
 * @param more whether further keys follow this page
 * @param keys purged since then, oldest first; {@link #MAX_KEYS} at most
 */
public record PurgePage(String token, boolean complete, boolean more, List<ChunkKey> keys) {

    /** 68 KiB of JSON. */
    public static final int MAX_KEYS = 1_024;

    /** A page of this version is below a third of it. */
    public static final int MAX_CHARS = 256 * 1024;

    public PurgePage {
        keys = List.copyOf(keys);
    }

    /** Field by field in the order of docs/formats.md, without white space. */
    public String encode() {
        StringBuilder json = new StringBuilder(128 + 67 * keys.size());
        json.append("{\"token\":").append(Json.quote(token));
        json.append(",\"complete\":").append(complete);
        json.append(",\"more\":").append(more);
        json.append(",\"keys\":[");
        for (int i = 0; i < keys.size(); i++) {
            json.append(i == 0 ? "\"" : ",\"").append(keys.get(i).toHex()).append('"');
        }
        return json.append("]}").toString();
    }

    /**
     * Unknown fields are ignored.
     *
     * @throws IllegalArgumentException naming the field, what was found and what was expected
     */
    public static PurgePage decode(String json) {
        if (json.length() > MAX_CHARS) {
            throw new IllegalArgumentException(
                    "purges: " + json.length() + " characters (expected: at most " + MAX_CHARS + ")");
        }
        Map<?, ?> page = Json.object("purges", Json.parse(json));
        List<ChunkKey> keys = new ArrayList<>();
        for (Object key : Json.list("keys", page.get("keys"))) {
            keys.add(key(Json.text("key", key)));
        }
        return new PurgePage(
                Json.text("token", page.get("token")),
                Json.bool("complete", page.get("complete")),
                Json.bool("more", page.get("more")),
                keys);
    }

    private static ChunkKey key(String text) {
        try {
            return ChunkKey.parse(text);
        } catch (CacheException e) {
            throw new IllegalArgumentException(e.detail(), e);
        }
    }
}
