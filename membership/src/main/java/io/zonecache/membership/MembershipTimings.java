package io.zonecache.membership;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The delays of membership; a zone's nodes should agree on them.
 *
 * @param firstViewWait after this, the first view lists whoever is present
 * @param downDelay how long a publisher that has never seen a node waits for it before it calls the node down
 * @param outAfter a node that was down for this long loses its places
 * @param viewInterval views that move places are at least this far apart
 * @param heartbeat between signs of life; whole seconds
 * @param suspectAfter a member silent for this long is gone; whole seconds
 * @param mergeInterval how often a node that is cut off looks for the others; whole seconds
 */
public record MembershipTimings(
        Duration firstViewWait,
        Duration downDelay,
        Duration outAfter,
        Duration viewInterval,
        Duration heartbeat,
        Duration suspectAfter,
        Duration mergeInterval) {

    public static final MembershipTimings DEFAULT = new MembershipTimings(
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2));

    List<String> errors() {
        List<String> errors = new ArrayList<>();
        atLeast(errors, "firstViewWait", firstViewWait, Duration.ZERO);
        atLeast(errors, "downDelay", downDelay, Duration.ZERO);
        atLeast(errors, "outAfter", outAfter, Duration.ZERO);
        atLeast(errors, "viewInterval", viewInterval, Duration.ZERO);
        wholeSeconds(errors, "heartbeat", heartbeat);
        wholeSeconds(errors, "suspectAfter", suspectAfter);
        wholeSeconds(errors, "mergeInterval", mergeInterval);
        if (suspectAfter.compareTo(heartbeat.multipliedBy(2)) < 0) {
            errors.add(
                    "suspectAfter: " + suspectAfter + " (expected: at least twice the heartbeat, " + heartbeat + ")");
        }
        return errors;
    }

    private static void atLeast(List<String> errors, String field, Duration value, Duration min) {
        if (value.compareTo(min) < 0) {
            errors.add(field + ": " + value + " (expected: at least " + min + ")");
        }
    }

    private static void wholeSeconds(List<String> errors, String field, Duration value) {
        if (value.getSeconds() < 1 || value.getNano() != 0) {
            errors.add(field + ": " + value + " (expected: whole seconds, at least 1)");
        }
    }
}
