package io.zonecache.membership.internal;

import io.zonecache.model.ZoneSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Says where two zone settings differ. */
final class SettingsText {

    private SettingsText() {}

    static String differences(ZoneSettings found, ZoneSettings expected) {
        List<String> differences = new ArrayList<>();
        add(differences, "zone", found.zone(), expected.zone());
        add(differences, "recordVersion", found.recordVersion(), expected.recordVersion());
        add(
                differences,
                "keyScheme",
                found.keyScheme().wireName(),
                expected.keyScheme().wireName());
        add(differences, "code", found.code(), expected.code());
        add(differences, "expectedNodes", found.expectedNodes(), expected.expectedNodes());
        add(differences, "originBudget", found.originBudget(), expected.originBudget());
        add(differences, "originReserve", found.originReserve(), expected.originReserve());
        add(differences, "expectedClients", found.expectedClients(), expected.expectedClients());
        return String.join(", ", differences);
    }

    private static void add(List<String> differences, String field, Object found, Object expected) {
        if (!Objects.equals(found, expected)) {
            differences.add(field + " " + found + " (expected: " + expected + ", as in the zone's view)");
        }
    }
}
