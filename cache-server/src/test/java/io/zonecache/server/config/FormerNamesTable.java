package io.zonecache.server.config;

import io.zonecache.server.config.FormerNames.FormerName;
import java.util.List;

/** A rename that never was, for tests of other packages. */
public final class FormerNamesTable {

    private FormerNamesTable() {}

    public static FormerNames of(String key, Setting setting) {
        return new FormerNames(List.of(new FormerName(key, setting, false)));
    }
}
