package io.zonecache.membership.internal;

import io.zonecache.model.EncodedView;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A view with what only members need to know of it.
 *
 * @param instances the process that was admitted under each node id; the view's readers need not know
 * @param bases ids of the nodes of earlier views that others may still go on from, each set sorted ({@link Settlement})
 */
public record PublishedView(EncodedView encoded, SortedMap<String, String> instances, List<List<String>> bases) {

    /** With each view that a majority does not learn of, the next has one more; that many mean that something is very wrong. */
    static final int MAX_BASES = 8;

    public PublishedView {
        instances = Collections.unmodifiableSortedMap(new TreeMap<>(instances));
        bases = bases.stream().map(List::copyOf).toList();
    }

    PublishedView(EncodedView encoded, SortedMap<String, String> instances) {
        this(encoded, instances, List.of());
    }

    PublishedView withBases(List<List<String>> newBases) {
        return new PublishedView(encoded, instances, newBases);
    }

    /** Of its nodes, sorted. */
    List<String> ids() {
        return view().nodes().stream().map(ZoneNode::id).sorted().toList();
    }

    ZoneView view() {
        return encoded.view();
    }

    long epoch() {
        return encoded.view().epoch();
    }

    boolean isAdmitted(MemberCard card) {
        return card.instance().equals(instances.get(card.id()));
    }
}
