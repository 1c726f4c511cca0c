package io.zonecache.client.internal.read;

import io.zonecache.client.internal.read.ZoneRead.Basis;
import io.zonecache.model.CodeSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what one round of a read knows of each stripe, and decides what to do next. No I/O, no lock, no clock; not thread-safe.
 *
 * <p>A place is a node of the chunk's placement. It is LEFT_OUT, AVOIDED or SKIPPED at first, then ASKED, or DOUBTED or SUSPECT if no answer is to
 * be relied on, until it answers: HELD (sent good stripes), MISSING, LOST (cannot provide any) or UNKNOWN (may have). Stripes count by layout and
 * index, so duplicates count once and stripes of different layouts never add up. With {@code open} = LEFT_OUT + AVOIDED + SKIPPED + ASKED + DOUBTED
 * + SUSPECT + UNKNOWN + SILENT places, each good for as many stripes as a fill puts on one node:
 *
 * <ul>
 *   <li>{@link ReadStep.Decode} once some layout has as many distinct indexes as it needs: k, and more after a decoding that turned out
 *       wrong;
 *   <li>{@link ReadStep.Miss}, proven, once no layout, not even one not seen yet, can get there: HELD + open &lt; k;
 *   <li>{@link ReadStep.Ask} once the places ASKED can't bring what is missing, and some are LEFT_OUT, AVOIDED or SKIPPED;
 *   <li>{@link ReadStep.Wait} while places are ASKED or DOUBTED; a SUSPECT place, whose node is silent, is not waited for;
 *   <li>{@link ReadStep.Miss}, for a lease only, if all but silent nodes have answered, and places that are SILENT, which means silent for seconds,
 *       are needed for a hit;
 *   <li>{@link ReadStep.Undecided} otherwise: to be tried again. That is not a miss: if overload looked like misses, it would become a surge on the
 *       origin.
 * </ul>
 *
 * Holds a bit for each stripe of each layout; every decision is O(places + layouts).
 */
final class ReadState {

    /** What is known of a node's stripes of this chunk. */
    enum PlaceState {
        /** Not asked yet, or asked without use because its stripes arrived while others were decoded. */
        LEFT_OUT,
        /** Also left out, because its node is slow or sends corrupt stripes: asked only after the others. */
        AVOIDED,
        /** Also left out, because its node has been silent: asked only if nothing else is left. It may hold stripes. */
        SKIPPED,
        ASKED,
        /** Asked, but most likely late or corrupt. */
        DOUBTED,
        /** Asked, though its node has been silent: the answer counts if it comes, and is not waited for. */
        SUSPECT,
        /** Not waited for, whether asked or not: its node has been silent for seconds. It may hold stripes. */
        SILENT,
        HELD,
        MISSING,
        LOST,
        UNKNOWN
    }

    private static final class Stripes {
        private final int stripesOfCode;
        private long indexes;
        private int needed;

        Stripes(CodeSpec code) {
            this.stripesOfCode = code.stripes();
            this.needed = code.data();
        }

        int count() {
            return Long.bitCount(indexes);
        }

        /** Whether all that this layout could ever hold has been tried without success. */
        boolean isExhausted() {
            return needed > stripesOfCode;
        }
    }

    private final Map<StripeLayout, Stripes> layouts = new LinkedHashMap<>();
    private final CodeSpec viewCode;
    private final PlaceState[] places;
    private boolean isPurged;
    private boolean isDecoding;

    /**
     * All places are ASKED.
     *
     * @param viewCode the code that the zone fills with; records name their own
     */
    ReadState(CodeSpec viewCode, int places) {
        this.viewCode = viewCode;
        this.places = new PlaceState[places];
        Arrays.fill(this.places, PlaceState.ASKED);
    }

    PlaceState place(int place) {
        return places[place];
    }

    /** The places to ask if those asked don't suffice: LEFT_OUT ones, else AVOIDED ones, else SKIPPED ones. */
    List<Integer> rest() {
        List<Integer> rest = hedges();
        return rest.isEmpty() ? all(PlaceState.SKIPPED) : rest;
    }

    /** The places to ask if those asked are late: LEFT_OUT ones, else AVOIDED ones. */
    List<Integer> hedges() {
        List<Integer> rest = all(PlaceState.LEFT_OUT);
        return rest.isEmpty() ? all(PlaceState.AVOIDED) : rest;
    }

    List<Integer> all(PlaceState state) {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            if (places[i] == state) {
                found.add(i);
            }
        }
        return found;
    }

    void set(int place, PlaceState state) {
        places[place] = state;
    }

    void purge() {
        isPurged = true;
    }

    /** @return false if that stripe of that layout is held already */
    boolean hold(StripeLayout layout, int index) {
        Stripes stripes = stripesOf(layout);
        boolean isNew = (stripes.indexes >>> index & 1) == 0;
        stripes.indexes |= 1L << index;
        return isNew;
    }

    boolean holds(StripeLayout layout, int index) {
        Stripes stripes = layouts.get(layout);
        return stripes != null && (stripes.indexes >>> index & 1) == 1;
    }

    /** The stripes held decode to the wrong chunk: one more is needed to find out which of them are corrupt. */
    void distrust(StripeLayout layout) {
        Stripes stripes = stripesOf(layout);
        stripes.needed = stripes.count() + 1;
    }

    boolean isExhausted(StripeLayout layout) {
        Stripes stripes = layouts.get(layout);
        return stripes != null && stripes.isExhausted();
    }

    /** Whether arriving stripes may be taken: not while those that are held are being decoded. */
    boolean isReading() {
        return !isDecoding;
    }

    /** The decoding that {@link #next} asked for has ended without the chunk. */
    void endDecoding() {
        isDecoding = false;
    }

    /** What to do now. After {@link ReadStep.Decode} it is {@link ReadStep.Wait} until {@link #endDecoding}. */
    ReadStep next() {
        if (isDecoding) {
            return new ReadStep.Wait();
        }
        ReadStep step = decide();
        if (step instanceof ReadStep.Decode) {
            isDecoding = true;
        } else if (step instanceof ReadStep.Ask ask) {
            ask.places().forEach(place -> set(place, PlaceState.ASKED));
        }
        return step;
    }

    private ReadStep decide() {
        if (isPurged) {
            return new ReadStep.Purged();
        }
        if (decodable() != null) {
            return new ReadStep.Decode();
        }
        int leftOut = count(PlaceState.LEFT_OUT) + count(PlaceState.AVOIDED) + count(PlaceState.SKIPPED);
        int asked = count(PlaceState.ASKED);
        int awaited = asked + count(PlaceState.DOUBTED);
        int unsure = count(PlaceState.UNKNOWN) + count(PlaceState.SUSPECT);
        if (!isPossible(awaited + leftOut + unsure + count(PlaceState.SILENT))) {
            return new ReadStep.Miss(Basis.PROVEN);
        }
        if (leftOut > 0 && !isPossible(asked)) {
            return new ReadStep.Ask(rest());
        }
        if (awaited > 0) {
            return new ReadStep.Wait();
        }
        return isPossible(unsure) ? new ReadStep.Undecided() : new ReadStep.Miss(Basis.SILENT_NODES);
    }

    /**
     * How many more places may be lost for mere doubts: all that are lost together never cover more than m stripes, less those that
     * it takes to find out which ones are corrupt.
     */
    int sparePlaces() {
        int spare = viewCode.parity() / Math.max(1, stripesOfOnePlace()) - count(PlaceState.LOST);
        for (Map.Entry<StripeLayout, Stripes> layout : layouts.entrySet()) {
            int spareStripes = layout.getKey().code().stripes() - layout.getValue().needed;
            spare = Math.min(spare, spareStripes - count(PlaceState.LOST));
        }
        return Math.max(0, spare);
    }

    /** How many places suffice if each delivers. */
    int placesNeeded() {
        int ofOne = Math.max(1, stripesOfOnePlace());
        return (viewCode.data() + ofOne - 1) / ofOne;
    }

    /** The most distinct stripes held of one layout. */
    int maxHeld() {
        return layouts.values().stream().mapToInt(Stripes::count).max().orElse(0);
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

    /** Whether this many more places may be enough. */
    private boolean isPossible(int morePlaces) {
        int moreStripes = morePlaces * stripesOfOnePlace();
        if (moreStripes >= viewCode.data()) {
            return true;
        }
        for (Stripes stripes : layouts.values()) {
            if (!stripes.isExhausted() && stripes.count() + moreStripes >= stripes.needed) {
                return true;
            }
        }
        return false;
    }

    /** More than one if the zone has fewer nodes than a chunk has stripes. */
    private int stripesOfOnePlace() {
        return places.length == 0 ? 0 : (viewCode.stripes() + places.length - 1) / places.length;
    }

    private int count(PlaceState state) {
        int count = 0;
        for (PlaceState place : places) {
            count += place == state ? 1 : 0;
        }
        return count;
    }

    private Stripes stripesOf(StripeLayout layout) {
        return layouts.computeIfAbsent(layout, any -> new Stripes(any.code()));
    }
}
