package io.zonecache.client.internal.transport;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receives what the head of each answer says about its node. */
abstract class HeadListener {

    private static final Logger LOG = LoggerFactory.getLogger(HeadListener.class);
    private static final Pattern EPOCH = Pattern.compile("\\d{1,18}");

    /** An answer has begun. */
    abstract void answered();

    abstract void epochSeen(long epoch);

    /** @param token as it came */
    abstract void purgesSeen(String token);

    /** Reports what the head contains; ignores an epoch that is malformed. Anything that the listener throws, even an {@link Error}, ends here. */
    final void headSeen(@Nullable String epoch, @Nullable String purges) {
        try {
            answered();
            if (epoch != null && EPOCH.matcher(epoch).matches()) {
                epochSeen(Long.parseLong(epoch));
            }
            if (purges != null) {
                purgesSeen(purges);
            }
        } catch (RuntimeException | Error e) {
            LOG.warn("a listener failed on epoch {}, purges {}", epoch, purges, e);
        }
    }
}
