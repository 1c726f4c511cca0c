package io.zonecache.server;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.EncodedView;
import io.zonecache.server.stripes.PurgedKeys;
import io.zonecache.server.view.CurrentView;
import io.zonecache.storage.RebuildRules;

/**
 * What of its old records a node takes back.
 *
 * @param configured the code before the first view
 */
record ZoneRebuildRules(PurgedKeys purged, CurrentView view, CodeSpec configured) implements RebuildRules {

    @Override
    public boolean isPurged(ChunkKey key) {
        return purged.contains(key);
    }

    @Override
    public boolean isPreferred(CodeSpec code) {
        EncodedView newest = view.view();
        return code.equals(
                newest == null ? configured : newest.view().settings().code());
    }
}
