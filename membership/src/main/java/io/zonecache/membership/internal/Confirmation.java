package io.zonecache.membership.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Since when a member knows that its view is the zone's.
 *
 * <p>Each news carries a number, and each answer to it says which number it answers; so what is learnt holds for the time at which
 * the number was sent, however long either message lay about. The publisher asks the last view's nodes, and believes what a
 * majority of them has answered: a majority that follows another publisher would not. The others ask the publisher, and add the
 * age of its own knowledge.
 *
 * <p>Not thread-safe; remembers the last {@value #REMEMBERED} numbers.
 */
final class Confirmation {

    private static final int REMEMBERED = 128;

    private final String self;
    private final Map<Long, Long> sentNanos = new LinkedHashMap<>();
    private @Nullable Long confirmedNanos;

    Confirmation(String self) {
        this.self = self;
    }

    void sent(long sequence, long nanos) {
        sentNanos.put(sequence, nanos);
        if (sentNanos.size() > REMEMBERED) {
            sentNanos.remove(sentNanos.keySet().iterator().next());
        }
    }

    /** Which numbers this member's next news answers: everyone's where it publishes, else the publisher's. */
    static Map<String, Long> answers(String self, Roster roster, List<PresentMember> members) {
        PresentMember publisher = roster.publisher();
        boolean publishes = publisher != null && publisher.instance().equals(self);
        return members.stream()
                .filter(member -> publishes || member.equals(publisher))
                .filter(member -> !member.instance().equals(self))
                .map(PresentMember::news)
                .filter(Objects::nonNull)
                .collect(Collectors.toMap(MemberNews::instance, MemberNews::sequence));
    }

    /**
     * Monotonic time as of which the view is known to be the newest, or null.
     *
     * @param required sets of nodes, of each of which a majority must have answered
     */
    @Nullable
    Long update(@Nullable PublishedView last, List<List<String>> required, Roster roster, long nanos) {
        PresentMember publisher = roster.publisher();
        if (last == null || publisher == null) {
            return confirmedNanos;
        }
        Long found = publisher.instance().equals(self)
                ? byMajorities(required, roster, nanos)
                : byPublisher(last, publisher.news());
        // A newer view takes nothing back: at that time the older one was the newest.
        if (found != null && (confirmedNanos == null || found - confirmedNanos > 0)) {
            confirmedNanos = found;
        }
        return confirmedNanos;
    }

    private @Nullable Long byPublisher(PublishedView last, @Nullable MemberNews news) {
        if (news == null
                || news.unconfirmedNanos() < 0
                || !last.encoded().version().equals(news.version())) {
            return null;
        }
        Long asked = sentNanos.get(news.answers().getOrDefault(self, -1L));
        return asked == null ? null : Long.valueOf(asked - news.unconfirmedNanos());
    }

    /** A view that is not settled confirms nothing by itself: others may go on from the one before. */
    private @Nullable Long byMajorities(List<List<String>> required, Roster roster, long nanos) {
        Long earliest = null;
        for (List<String> ids : required) {
            Long confirmed = byMajority(ids, roster, nanos);
            if (confirmed == null) {
                return null;
            }
            earliest = earliest == null || confirmed - earliest < 0 ? confirmed : earliest;
        }
        return earliest;
    }

    /** The latest time that the answers of a majority, this member's own included, agree on. */
    private @Nullable Long byMajority(List<String> ids, Roster roster, long nanos) {
        Map<String, Long> answered = new LinkedHashMap<>();
        for (String id : ids) {
            PresentMember member = roster.admitted().get(id);
            Long at = member == null ? null : answeredNanos(member, nanos);
            if (at != null) {
                answered.put(id, at);
            }
        }
        return answered.values().stream()
                .filter(at -> Roster.isMajority(ids, since(answered, at)))
                .max((left, right) -> Long.signum(left - right))
                .orElse(null);
    }

    private @Nullable Long answeredNanos(PresentMember member, long nanos) {
        if (member.instance().equals(self)) {
            return nanos;
        }
        MemberNews news = member.news();
        return news == null ? null : sentNanos.get(news.answers().getOrDefault(self, -1L));
    }

    private static Set<String> since(Map<String, Long> answered, long at) {
        return answered.entrySet().stream()
                .filter(entry -> entry.getValue() - at >= 0)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
