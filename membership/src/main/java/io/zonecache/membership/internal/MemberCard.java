package io.zonecache.membership.internal;

import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;

/**
 * What a process says of itself at its start; it never changes.
 *
 * @param instance drawn at random by each process, so that a restart and a second user of one id can be told apart
 * @param clusterAddress binds the sealed card to the member that shows it: a copy shown from elsewhere is worth nothing
 */
public record MemberCard(
        String instance, String clusterAddress, ZoneNode node, ZoneSettings settings, boolean replaceSettings) {

    public String id() {
        return node.id();
    }
}
