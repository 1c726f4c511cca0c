package io.zonecache.membership.internal;

import org.jspecify.annotations.Nullable;

/** A trusted member as seen now; its news is null until it has spoken. */
public record PresentMember(MemberCard card, @Nullable MemberNews news) {

    String instance() {
        return card.instance();
    }

    boolean isDraining() {
        return news != null && news.draining();
    }

    boolean isDown() {
        return news != null && news.down();
    }
}
