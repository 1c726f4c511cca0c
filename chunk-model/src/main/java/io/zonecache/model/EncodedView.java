package io.zonecache.model;

import java.nio.charset.StandardCharsets;

/**
 * A view with the exact JSON that was sent: the version hashes these bytes, so fields that this reader does not know still count.
 */
public record EncodedView(ZoneView view, String json, ViewVersion version) {

    static EncodedView of(ZoneView view, String json) {
        return new EncodedView(view, json, ViewVersion.of(view.epoch(), json.getBytes(StandardCharsets.UTF_8)));
    }

    public boolean isNewerThan(EncodedView other) {
        return version.compareTo(other.version) > 0;
    }
}
