package io.zonecache.server.config;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a setting's value came from.
 *
 * @param detail which file, or null
 */
record SettingSource(Kind kind, @Nullable String detail) {

    static final SettingSource DEFAULT = new SettingSource(Kind.DEFAULT, null);
    static final SettingSource IMAGE = new SettingSource(Kind.IMAGE, null);
    static final SettingSource FILE_VALUES = new SettingSource(Kind.FILE, null);

    /** In order of precedence: a later one wins. */
    enum Kind {
        DEFAULT,
        IMAGE,
        FILE,
        ENVIRONMENT,
        FLAG;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static SettingSource file(Path file) {
        return new SettingSource(Kind.FILE, file.toString());
    }

    static SettingSource environment(String variable) {
        return new SettingSource(Kind.ENVIRONMENT, variable);
    }

    static SettingSource flag(String flag) {
        return new SettingSource(Kind.FLAG, flag);
    }

    @Override
    public String toString() {
        return detail == null ? kind.word() : kind.word() + ' ' + detail;
    }
}
