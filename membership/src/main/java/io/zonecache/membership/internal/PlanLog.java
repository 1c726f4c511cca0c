package io.zonecache.membership.internal;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs, once each, what an operator should know of plans: who is refused, and what the next view waits for. Not thread-safe. */
final class PlanLog {

    private static final Logger LOG = LoggerFactory.getLogger(PlanLog.class);

    /** What a plan waits for is logged once it has waited for this long: most reasons pass in milliseconds. */
    private static final long LOG_WAIT_NANOS = Duration.ofSeconds(2).toNanos();

    private final String zone;
    private final String nodeId;
    private final String instance;
    private Map<String, String> lastRefusals = Map.of();
    private @Nullable String waitingFor;
    private long waitingSinceNanos;
    private boolean isWaitLogged;

    /** @param instance of this process, as plans name it */
    PlanLog(String zone, String nodeId, String instance) {
        this.zone = zone;
        this.nodeId = nodeId;
        this.instance = instance;
    }

    void update(Plan plan, boolean isPublisher, long nanos) {
        plan.roster().refusals().forEach((who, why) -> {
            if (!why.equals(lastRefusals.get(who))) {
                refused(who, why, isPublisher);
            }
        });
        lastRefusals = plan.roster().refusals();
        if (!Objects.equals(waitingFor, plan.waitingFor())) {
            waitingFor = plan.waitingFor();
            waitingSinceNanos = nanos;
            isWaitLogged = false;
        } else if (waitingFor != null && !isWaitLogged && nanos - waitingSinceNanos >= LOG_WAIT_NANOS) {
            isWaitLogged = true;
            LOG.info("next view of zone {} waits for {}", zone, waitingFor);
        }
    }

    private void refused(String who, String why, boolean isPublisher) {
        if (who.equals(instance)) {
            LOG.error("this node, {}, is refused by zone {}: {}", nodeId, zone, why);
        } else if (isPublisher) {
            LOG.warn("refused a member of zone {}: {}", zone, why);
        }
    }
}
