package io.zonecache.server.view;

import io.zonecache.model.EncodedView;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The newest view, and those who wait for a newer one. Thread-safe. */
public final class CurrentView {

    private static final String NO_EPOCH = "0";

    private volatile @Nullable EncodedView view;
    private volatile CharSequence epochText = NO_EPOCH;
    private final Set<Runnable> waiters = new LinkedHashSet<>();

    /** Takes over a newer view; an older one is ignored. For membership's listener. */
    public void viewChanged(EncodedView newer) {
        List<Runnable> woken;
        synchronized (this) {
            EncodedView known = view;
            if (known != null && !newer.isNewerThan(known)) {
                return;
            }
            view = newer;
            epochText = Long.toString(newer.view().epoch());
            woken = new ArrayList<>(waiters);
            waiters.clear();
        }
        woken.forEach(Runnable::run);
    }

    /** Null before the first view. */
    public @Nullable EncodedView view() {
        return view;
    }

    /** As every answer carries it; {@code 0} before the first view. */
    public CharSequence epochText() {
        return epochText;
    }

    public synchronized int waiting() {
        return waiters.size();
    }

    /**
     * Runs the waiter once, on any thread, when the view differs from this one; at most {@code maxWaiting} wait.
     *
     * @return false if there is no room; true also if the waiter has run already
     */
    boolean await(@Nullable EncodedView known, Runnable waiter, int maxWaiting) {
        synchronized (this) {
            if (Objects.equals(view, known)) {
                return waiters.size() < maxWaiting && waiters.add(waiter);
            }
        }
        waiter.run();
        return true;
    }

    synchronized void cancel(Runnable waiter) {
        waiters.remove(waiter);
    }
}
