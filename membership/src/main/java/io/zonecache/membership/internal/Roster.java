package io.zonecache.membership.internal;

import io.zonecache.model.ZoneSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who of the members present is in the zone, and why the others are not. A function of the last view and the members in the order
 * in which they joined, so every member comes to the same result, and a refused one knows why without being told.
 *
 * @param settings those of the last view, or those that replace them
 * @param admitted by node id
 * @param refusals reasons by instance
 * @param publisher the one that publishes, or null where nobody is admitted
 */
public record Roster(
        @Nullable ZoneSettings settings,
        SortedMap<String, PresentMember> admitted,
        Map<String, String> refusals,
        @Nullable PresentMember publisher) {

    static Roster of(@Nullable PublishedView last, List<PresentMember> members) {
        ZoneSettings settings = settings(last, members);
        Map<String, String> refusals = new LinkedHashMap<>();
        SortedMap<String, PresentMember> admitted = new TreeMap<>();
        for (PresentMember member : inOrderOfRight(last, members)) {
            String reason = refusal(last, settings, admitted, member.card());
            if (reason == null) {
                admitted.put(member.card().id(), member);
            } else {
                refusals.put(member.instance(), reason);
            }
        }
        return new Roster(settings, admitted, refusals, publisher(members, admitted));
    }

    /** Whether these settings are to replace the last view's. */
    boolean replacesSettings(PublishedView last) {
        return settings != null && !settings.equals(last.view().settings());
    }

    boolean hasMajorityOf(PublishedView last) {
        return isMajority(last.ids(), admitted.keySet());
    }

    /** More than half are here; at exactly half, the side with the lowest id goes on. */
    static boolean isMajority(List<String> sortedIds, Set<String> here) {
        long present = sortedIds.stream().filter(here::contains).count();
        int size = sortedIds.size();
        return 2 * present > size || (2 * present == size && here.contains(sortedIds.get(0)));
    }

    private static @Nullable ZoneSettings settings(@Nullable PublishedView last, List<PresentMember> members) {
        if (last == null) {
            return mostCommon(members);
        }
        ZoneSettings settings = last.view().settings();
        for (PresentMember member : members) {
            MemberCard card = member.card();
            // Once only, when the process is new: two that replace each other's settings must not take turns.
            if (card.replaceSettings()
                    && !last.isAdmitted(card)
                    && !card.settings().equals(settings)
                    && !isIdTaken(last, members, card)) {
                return card.settings();
            }
        }
        return settings;
    }

    private static boolean isIdTaken(PublishedView last, List<PresentMember> members, MemberCard card) {
        return members.stream()
                .map(PresentMember::card)
                .anyMatch(other -> other.id().equals(card.id()) && last.isAdmitted(other));
    }

    /** In a zone without a view the majority's settings hold; among equals, the oldest member's. */
    private static @Nullable ZoneSettings mostCommon(List<PresentMember> members) {
        Map<ZoneSettings, Integer> counts = new LinkedHashMap<>();
        for (PresentMember member : members) {
            counts.merge(member.card().settings(), 1, Integer::sum);
        }
        ZoneSettings best = null;
        int most = 0;
        for (Map.Entry<ZoneSettings, Integer> entry : counts.entrySet()) {
            if (entry.getValue() > most) {
                most = entry.getValue();
                best = entry.getKey();
            }
        }
        return best;
    }

    /** Those in the last view first: of two members with one id the one that is in the zone already stays. */
    private static List<PresentMember> inOrderOfRight(@Nullable PublishedView last, List<PresentMember> members) {
        if (last == null) {
            return members;
        }
        List<PresentMember> ordered = new ArrayList<>(members.size());
        members.stream().filter(member -> last.isAdmitted(member.card())).forEach(ordered::add);
        members.stream().filter(member -> !last.isAdmitted(member.card())).forEach(ordered::add);
        return ordered;
    }

    private static @Nullable String refusal(
            @Nullable PublishedView last,
            @Nullable ZoneSettings settings,
            SortedMap<String, PresentMember> admitted,
            MemberCard card) {
        PresentMember holder = admitted.get(card.id());
        if (holder != null) {
            return "id: " + card.id() + " is used by the member at "
                    + holder.card().clusterAddress() + " (expected: an id of its own)";
        }
        boolean wasIn = last != null && last.isAdmitted(card);
        if (!wasIn && settings != null && !settings.equals(card.settings())) {
            return "settings: " + SettingsText.differences(card.settings(), settings)
                    + "; a node that is told to replace them may join";
        }
        return null;
    }

    private static @Nullable PresentMember publisher(
            List<PresentMember> members, SortedMap<String, PresentMember> admitted) {
        PresentMember leaving = null;
        for (PresentMember member : members) {
            if (member.equals(admitted.get(member.card().id()))) {
                if (!member.isDraining() && !member.isDown()) {
                    return member;
                }
                leaving = leaving == null ? member : leaving;
            }
        }
        return leaving;
    }
}
