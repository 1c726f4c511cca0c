package io.zonecache.membership.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Of which sets of nodes a majority must be there for the zone to go on from its last view.
 *
 * <p>A view replaces the one before only when a majority of either's nodes has it. Until then others, cut off in that moment, may go
 * on from the earlier one, so whoever follows the new one needs a majority of both; the view carries the earlier sets, its bases,
 * for those who never knew them. Else a zone of eight that is cut in halves while its publisher takes in a ninth would have two:
 * four with the lowest id, and five of nine.
 *
 * <p>Not thread-safe.
 */
final class Settlement {

    private final String selfInstance;
    private @Nullable PublishedView last;
    private boolean settled;

    Settlement(String selfInstance) {
        this.selfInstance = selfInstance;
    }

    void update(@Nullable PublishedView newest, Roster roster) {
        if (newest == null) {
            return;
        }
        if (!newest.equals(last)) {
            last = newest;
            settled = false;
        }
        if (!settled) {
            Set<String> adopters = roster.admitted().values().stream()
                    .filter(member -> has(member, newest))
                    .map(member -> member.card().id())
                    .collect(Collectors.toSet());
            settled = newest.bases().isEmpty() || required().stream().allMatch(ids -> Roster.isMajority(ids, adopters));
        }
    }

    private boolean has(PresentMember member, PublishedView view) {
        MemberNews news = member.news();
        return member.instance().equals(selfInstance)
                || (news != null
                        && news.version() != null
                        && news.version().compareTo(view.encoded().version()) >= 0);
    }

    /** Sets of ids, oldest first, the last view's at the end; empty before the first view. */
    List<List<String>> required() {
        PublishedView view = last;
        if (view == null) {
            return List.of();
        }
        List<List<String>> required = new ArrayList<>(settled ? List.of() : view.bases());
        required.add(view.ids());
        return required;
    }

    /** The view that follows the last one, with the sets that those who follow it must heed too. */
    PublishedView next(PublishedView view) {
        return view.withBases(required().stream()
                .filter(ids -> !ids.equals(view.ids()))
                .distinct()
                .toList());
    }

    /** Why the zone can't go on from its last view, or null. */
    @Nullable
    String lacking(Roster roster) {
        List<List<String>> required = required();
        if (required.size() > PublishedView.MAX_BASES) {
            return "a majority to learn of the last " + required.size() + " views";
        }
        return required.stream()
                .filter(ids -> !Roster.isMajority(ids, roster.admitted().keySet()))
                .findFirst()
                .map(ids -> "a majority of the nodes that others may go on with, " + String.join(" ", ids))
                .orElse(null);
    }
}
