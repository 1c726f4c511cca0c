package io.zonecache.client.internal.read;

import io.zonecache.model.CodeSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The read plan: which replies are enough, what is still possible, what is impossible. No I/O, no clock, not thread-safe.
 *
 * <p>A place is a node of the chunk's placement. It is LEFT_OUT or AVOIDED at first, then ASKED, or DOUBTED where no answer
 * is to be relied on, until it answers: HELD (sent good stripes), MISSING, LOST (can't have any for us) or UNKNOWN (may have). Stripes
 * count by layout and index, so duplicates count once and stripes of different layouts never add up. With {@code open} = LEFT_OUT +
 * AVOIDED + ASKED + DOUBTED + UNKNOWN places, each good for as many stripes as a filling puts on one node:
 *
 * <ul>
 *   <li>DECODE once some layout has as many distinct indexes as it needs: k, and more after a decoding that turned out wrong;
 *   <li>MISS once no layout, not even one not seen yet, can get there: HELD + UNKNOWN &lt; k. Only then may the origin be asked;
 *   <li>ASK_REST once the places ASKED can't bring what is missing, and some are LEFT_OUT or AVOIDED;
 *   <li>WAIT while places are ASKED or DOUBTED, else UNCERTAIN. That is no miss: if overload looked like misses, it would become an origin surge.
 * </ul>
 *
 * Holds a bit for each stripe of each layout; every decision is O(places + layouts).
 */
final class StripeRead {

    /** What is known of a node's stripes of this chunk. */
    enum Place {
        LEFT_OUT,
        /** Left out too, because its node is slow or lies: asked only after the others. */
        AVOIDED,
        ASKED,
        DOUBTED,
        HELD,
        MISSING,
        LOST,
        UNKNOWN
    }

    /** What the replies allow. */
    enum Decision {
        WAIT,
        DECODE,
        ASK_REST,
        MISS,
        UNCERTAIN,
        PURGED
    }

    private static final class Stripes {
        private long indexes;
        private int needed;

        int count() {
            return Long.bitCount(indexes);
        }
    }

    private final Map<StripeLayout, Stripes> layouts = new LinkedHashMap<>();
    private CodeSpec viewCode;
    private Place[] places = {};
    private boolean purged;

    /** @param viewCode the code that the zone fills with; records bring their own */
    StripeRead(CodeSpec viewCode) {
        this.viewCode = viewCode;
    }

    /** Starts a round over the places of a placement; stripes held stay. */
    void begin(CodeSpec newViewCode, Place[] initial) {
        this.viewCode = newViewCode;
        this.places = initial.clone();
        this.purged = false;
    }

    Place place(int place) {
        return places[place];
    }

    /** The places to ask when those asked don't suffice: LEFT_OUT ones, or where there are none, AVOIDED ones. */
    List<Integer> rest() {
        List<Integer> rest = all(Place.LEFT_OUT);
        return rest.isEmpty() ? all(Place.AVOIDED) : rest;
    }

    List<Integer> all(Place state) {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            if (places[i] == state) {
                found.add(i);
            }
        }
        return found;
    }

    void set(int place, Place state) {
        places[place] = state;
    }

    void purge() {
        purged = true;
    }

    /** @return false if that stripe of that layout is held already */
    boolean hold(StripeLayout layout, int index) {
        Stripes stripes = layouts.computeIfAbsent(layout, StripeRead::none);
        boolean isNew = (stripes.indexes >>> index & 1) == 0;
        stripes.indexes |= 1L << index;
        return isNew;
    }

    boolean holds(StripeLayout layout, int index) {
        Stripes stripes = layouts.get(layout);
        return stripes != null && (stripes.indexes >>> index & 1) == 1;
    }

    /** The stripes held decode to the wrong chunk: one more is needed to find out which of them lies. */
    void distrust(StripeLayout layout) {
        Stripes stripes = layouts.computeIfAbsent(layout, StripeRead::none);
        stripes.needed = stripes.count() + 1;
    }

    /** Whether all that this layout could ever hold has been tried in vain. */
    boolean isHopeless(StripeLayout layout) {
        Stripes stripes = layouts.get(layout);
        return stripes != null && stripes.needed > layout.code().stripes();
    }

    Decision decide() {
        if (purged) {
            return Decision.PURGED;
        }
        if (decodable() != null) {
            return Decision.DECODE;
        }
        int asked = count(Place.ASKED);
        int leftOut = count(Place.LEFT_OUT) + count(Place.AVOIDED);
        int doubted = count(Place.DOUBTED);
        if (!isPossible((asked + leftOut + doubted + count(Place.UNKNOWN)) * stripesOfOnePlace())) {
            return Decision.MISS;
        }
        if (leftOut > 0 && !isPossible(asked * stripesOfOnePlace())) {
            return Decision.ASK_REST;
        }
        return asked + doubted > 0 ? Decision.WAIT : Decision.UNCERTAIN;
    }

    /**
     * How many more places may be lost for mere doubts: all that are lost together never cover more than m stripes, less those that
     * it takes to find out which ones lie.
     */
    int sparePlaces() {
        int spare = viewCode.parity() / Math.max(1, stripesOfOnePlace()) - count(Place.LOST);
        for (Map.Entry<StripeLayout, Stripes> layout : layouts.entrySet()) {
            spare = Math.min(spare, layout.getKey().code().stripes() - layout.getValue().needed - count(Place.LOST));
        }
        return Math.max(0, spare);
    }

    /** How many places suffice if each delivers. */
    int placesNeeded() {
        int ofOne = Math.max(1, stripesOfOnePlace());
        return (viewCode.data() + ofOne - 1) / ofOne;
    }

    /** Most distinct stripes held of one layout. */
    int maxHeld() {
        int most = 0;
        for (Stripes stripes : layouts.values()) {
            most = Math.max(most, stripes.count());
        }
        return most;
    }

    /** The layout that can be decoded now. */
    @Nullable
    StripeLayout decodable() {
        for (Map.Entry<StripeLayout, Stripes> layout : layouts.entrySet()) {
            if (layout.getValue().count() >= layout.getValue().needed) {
                return layout.getKey();
            }
        }
        return null;
    }

    private boolean isPossible(int openStripes) {
        if (openStripes >= viewCode.data()) {
            return true;
        }
        for (Map.Entry<StripeLayout, Stripes> layout : layouts.entrySet()) {
            if (!isHopeless(layout.getKey()) && layout.getValue().count() + openStripes >= layout.getValue().needed) {
                return true;
            }
        }
        return false;
    }

    /** More than one where the zone has fewer nodes than a chunk has stripes. */
    private int stripesOfOnePlace() {
        return places.length == 0 ? 0 : (viewCode.stripes() + places.length - 1) / places.length;
    }

    private int count(Place state) {
        int count = 0;
        for (Place place : places) {
            count += place == state ? 1 : 0;
        }
        return count;
    }

    private static Stripes none(StripeLayout layout) {
        Stripes stripes = new Stripes();
        stripes.needed = layout.code().data();
        return stripes;
    }
}
