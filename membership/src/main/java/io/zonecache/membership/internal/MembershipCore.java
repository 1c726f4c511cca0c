package io.zonecache.membership.internal;

import io.zonecache.membership.MembershipConfig;
import io.zonecache.membership.MembershipStatus;
import io.zonecache.membership.PurgeList;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import io.zonecache.model.NodeState;
import io.zonecache.model.ViewVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process's part in its zone: checks who is present, plans, publishes, adopts newer views, and tells the others what it knows.
 *
 * <p>State travels, not events: each member repeats its news once a second and at each change, and the newest view is sent again to
 * whoever turns out to lack it. So a lost message costs a second and never an agreement, and no store is shared that a partition
 * could tear.
 *
 * <p>{@link #step} and {@link #addListener} belong to one thread; the other methods are safe from any.
 */
public final class MembershipCore {

    private static final Logger LOG = LoggerFactory.getLogger(MembershipCore.class);
    private static final long NEWS_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long RESEND_INTERVAL_NANOS = Duration.ofMillis(500).toNanos();
    private static final long FORGET_INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

    private final MembershipConfig config;
    private final String instance;
    private final Network network;
    private final Seal seal;
    private final Mailbox mailbox;
    private final ViewFile file;
    private final ViewPlanner planner;
    private final String card;
    private final Confirmation confirmation;
    private final Settlement settlement;
    private final PurgeGossip purges;
    private final PlanLog planLog;
    private final List<Consumer<EncodedView>> listeners = new ArrayList<>();
    private final Map<Network.Peer, MemberCard> trusted = new HashMap<>();
    private final Set<Network.Peer> distrusted = new HashSet<>();

    private volatile boolean draining;
    private volatile boolean down;
    private volatile boolean forceAsked;
    private volatile @Nullable PublishedView last;
    private volatile MembershipStatus status = new MembershipStatus(0, false, null, null, 0, 0);

    private volatile @Nullable Long confirmedNanos;
    private long highestEpoch;
    private long savedEpoch;
    private long viewsPublished;
    private long sequence;
    private @Nullable MemberNews lastNews;
    private Set<String> lastPresent = Set.of();
    private boolean started;
    private long newsNanos;
    private long forgotNanos;
    private long viewSentNanos;

    /** Reads back what this node knew. */
    public MembershipCore(MembershipConfig config, String instance, Network network, PurgeList purgeList) {
        this.config = config;
        this.instance = instance;
        this.network = network;
        String zone = config.settings().zone();
        this.seal = new Seal(config.secret(), zone);
        this.mailbox = new Mailbox(seal, zone);
        this.file = new ViewFile(config.directory(), zone);
        this.confirmation = new Confirmation(instance);
        this.settlement = new Settlement(instance);
        this.purges = new PurgeGossip(purgeList);
        this.planLog = new PlanLog(zone, config.self().id(), instance);
        this.planner = new ViewPlanner(instance, config.timings());
        this.card = Base64.getEncoder()
                .encodeToString(seal.close(
                        Seal.CARD,
                        Codec.encode(new MemberCard(
                                instance,
                                config.clusterAddress(),
                                config.self(),
                                config.settings(),
                                config.replaceSettings()))));
        ViewFile.Saved saved = file.load();
        this.last = saved.view();
        this.highestEpoch = saved.highestEpoch();
        this.savedEpoch = saved.highestEpoch();
    }

    /** What this process must show the others. */
    public String card() {
        return card;
    }

    public void receive(byte[] message) {
        mailbox.receive(message);
    }

    public @Nullable EncodedView view() {
        PublishedView view = last;
        return view == null ? null : view.encoded();
    }

    /** As {@link io.zonecache.membership.Membership#unconfirmedMillis}, by the same monotonic time as the steps. */
    public long unconfirmedMillis(long nanos) {
        Long confirmed = confirmedNanos;
        return confirmed == null ? Long.MAX_VALUE : Math.max(0, (nanos - confirmed) / 1_000_000);
    }

    public MembershipStatus status() {
        return status;
    }

    public void drain() {
        draining = true;
    }

    public void announceDown() {
        down = true;
    }

    public void force() {
        forceAsked = true;
    }

    public void spreadPurge(ChunkKey key) {
        purges.spread(key);
    }

    /** As {@link io.zonecache.membership.Membership#purgeLacking}. */
    public List<String> purgeLacking() {
        PublishedView view = last;
        return view == null
                ? List.of()
                : purges.lacking(view.ids(), config.self().id());
    }

    public void addListener(Consumer<EncodedView> listener) {
        listeners.add(listener);
        EncodedView view = view();
        if (view != null) {
            call(listener, view);
        }
    }

    /** One look at the world and what follows from it; cheap, several times a second and after each message. */
    public void step(long wallMillis, long nanos) {
        if (!started) {
            started = true;
            newsNanos = nanos - NEWS_INTERVAL_NANOS;
            viewSentNanos = nanos - RESEND_INTERVAL_NANOS;
            forgotNanos = nanos;
        }
        adoptIfNewer(mailbox.takeView());
        List<PresentMember> members = present();
        highestEpoch = Math.max(highestEpoch, mailbox.highestEpoch(members));
        boolean force = forceAsked;
        forceAsked = false;
        Plan plan =
                planner.plan(new Observation(last, members, mailbox.drained(), highestEpoch, wallMillis, nanos), force);
        settlement.update(last, plan.roster());
        if (!force) {
            plan = heedingBases(plan);
        }
        String refusal = plan.roster().refusals().get(instance);
        PublishedView next = plan.next();
        if (next != null && refusal == null) {
            viewsPublished++;
            adoptIfNewer(next);
            broadcastView(next, nanos);
        } else if (next != null) {
            LOG.error("view not forced: this node is refused, {}", refusal);
        }
        saveEpoch();
        settlement.update(last, plan.roster());
        confirmedNanos = confirmation.update(last, settlement.required(), plan.roster(), nanos);
        tellPurges(plan.roster(), nanos);
        tell(members, plan.roster(), nanos);
        resendView(members, plan.roster(), nanos);
        report(plan, members, nanos);
        forget(members, nanos);
    }

    private Plan heedingBases(Plan plan) {
        PublishedView next = plan.next();
        if (next == null || last == null) {
            return plan;
        }
        String lacking = settlement.lacking(plan.roster());
        return lacking == null
                ? new Plan(settlement.next(next), plan.roster(), plan.waitingFor())
                : Plan.waitFor(plan.roster(), lacking);
    }

    private void adoptIfNewer(@Nullable PublishedView view) {
        PublishedView known = last;
        if (view == null || (known != null && !view.encoded().isNewerThan(known.encoded()))) {
            return;
        }
        highestEpoch = Math.max(highestEpoch, view.epoch());
        save(view);
        last = view;
        long downNodes = view.view().nodes().stream()
                .filter(node -> node.state() == NodeState.DOWN)
                .count();
        LOG.info(
                "view {} of zone {}: {} nodes, {} of them down",
                view.epoch(),
                view.view().settings().zone(),
                view.view().nodes().size(),
                downNodes);
        listeners.forEach(listener -> call(listener, view.encoded()));
    }

    private void saveEpoch() {
        if (highestEpoch > savedEpoch) {
            save(last);
        }
    }

    /** A full disk must not keep a node from following its zone. */
    private void save(@Nullable PublishedView view) {
        try {
            file.save(new ViewFile.Saved(highestEpoch, view));
        } catch (IOException e) {
            LOG.error("last view: not saved in {}; a restart will not know it", config.directory(), e);
        }
        savedEpoch = highestEpoch;
    }

    /** Those whose cards are sealed with the zone's secret and shown from where they say. */
    private List<PresentMember> present() {
        List<Network.Peer> peers = network.members();
        trusted.keySet().retainAll(peers);
        distrusted.retainAll(peers);
        List<PresentMember> present = new ArrayList<>();
        for (Network.Peer peer : peers) {
            MemberCard known = trusted.get(peer);
            if (known == null && !distrusted.contains(peer)) {
                known = check(peer);
            }
            if (known != null) {
                present.add(new PresentMember(known, mailbox.news(known.instance())));
            }
        }
        return present;
    }

    private @Nullable MemberCard check(Network.Peer peer) {
        try {
            byte[] body = seal.open(Seal.CARD, Base64.getDecoder().decode(Objects.requireNonNullElse(peer.card(), "")));
            if (body != null) {
                MemberCard found = Codec.card(body);
                if (found.clusterAddress().equals(peer.address())
                        && found.settings().zone().equals(config.settings().zone())) {
                    trusted.put(peer, found);
                    return found;
                }
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("card of the member at {}", peer.address(), e);
        }
        distrusted.add(peer);
        LOG.warn("member at {} shows no card of this zone and secret; it is ignored", peer.address());
        mailbox.reject("the card of the member at " + peer.address());
        return null;
    }

    private void tellPurges(Roster roster, long nanos) {
        List<ChunkKey> keys = purges.step(mailbox.takePurges(), roster, instance, nanos);
        if (!keys.isEmpty()) {
            network.broadcast(seal.close(Seal.PURGES, Codec.encodePurges(keys)));
        }
    }

    private void tell(List<PresentMember> members, Roster roster, long nanos) {
        Set<String> present = members.stream().map(PresentMember::instance).collect(Collectors.toSet());
        PublishedView view = last;
        ViewVersion version = view == null ? null : view.encoded().version();
        MemberNews news =
                new MemberNews(instance, 0, draining, down, highestEpoch, version, 0, Map.of(), purges.digest());
        boolean changed = !news.equals(lastNews) || !lastPresent.containsAll(present);
        lastPresent = present;
        if (changed || nanos - newsNanos >= NEWS_INTERVAL_NANOS) {
            lastNews = news;
            newsNanos = nanos;
            confirmation.sent(++sequence, nanos);
            MemberNews next = new MemberNews(
                    instance,
                    sequence,
                    news.draining(),
                    news.down(),
                    highestEpoch,
                    version,
                    confirmedNanos == null ? -1 : nanos - confirmedNanos,
                    Confirmation.answers(instance, roster, members),
                    news.purges());
            byte[] message = seal.close(Seal.NEWS, Codec.encode(next));
            mailbox.receive(message);
            network.broadcast(message);
        }
    }

    /** To members that lack it: by the publisher, and to a publisher by whoever knows better. */
    private void resendView(List<PresentMember> members, Roster roster, long nanos) {
        PublishedView view = last;
        if (view == null || nanos - viewSentNanos < RESEND_INTERVAL_NANOS) {
            return;
        }
        PresentMember publisher = roster.publisher();
        boolean isPublisher = publisher == null || publisher.instance().equals(instance);
        for (PresentMember member : members) {
            MemberNews news = member.news();
            boolean lacksIt = news != null
                    && (news.version() == null
                            || news.version().compareTo(view.encoded().version()) < 0);
            if (lacksIt && !member.instance().equals(instance) && (isPublisher || member.equals(publisher))) {
                broadcastView(view, nanos);
                return;
            }
        }
    }

    private void broadcastView(PublishedView view, long nanos) {
        viewSentNanos = nanos;
        network.broadcast(seal.close(Seal.VIEW, Codec.encode(view)));
    }

    private void report(Plan plan, List<PresentMember> members, long nanos) {
        PresentMember publisher = plan.roster().publisher();
        boolean isPublisher = publisher != null && publisher.instance().equals(instance);
        String refusal = plan.roster().refusals().get(instance);
        planLog.update(plan, isPublisher, nanos);
        status = new MembershipStatus(
                members.size(), isPublisher, refusal, plan.waitingFor(), viewsPublished, mailbox.rejected());
    }

    /** Not at once: news may come in before its sender is seen to be present. */
    private void forget(List<PresentMember> members, long nanos) {
        if (nanos - forgotNanos < FORGET_INTERVAL_NANOS) {
            return;
        }
        forgotNanos = nanos;
        PublishedView view = last;
        mailbox.retain(
                members.stream().map(PresentMember::instance).collect(Collectors.toSet()),
                view == null ? Set.of() : Set.copyOf(view.instances().values()));
    }

    private static void call(Consumer<EncodedView> listener, EncodedView view) {
        try {
            listener.accept(view);
        } catch (RuntimeException e) {
            LOG.error("view listener failed at epoch {}", view.view().epoch(), e);
        }
    }
}
