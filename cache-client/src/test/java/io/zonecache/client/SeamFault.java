package io.zonecache.client;

import io.zonecache.client.internal.Futures;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Fails one call of one seam. */
final class SeamFault {

    /** What is thrown. */
    enum Thrown {
        EXCEPTION,
        REJECTED,
        LINKAGE_ERROR,
        OUT_OF_MEMORY;

        void now(Seam seam) {
            switch (this) {
                case EXCEPTION -> throw new IllegalStateException(seam.name());
                case REJECTED -> throw new RejectedExecutionException(seam.name());
                case LINKAGE_ERROR -> throw new NoClassDefFoundError(seam.name());
                case OUT_OF_MEMORY -> throw new OutOfMemoryError(seam.name());
            }
        }
    }

    /**
     * A row of the table.
     *
     * @param isInFuture whether the call returns, and its future fails
     */
    record Kind(Seam seam, Thrown thrown, boolean isInFuture) {

        static Stream<Kind> all() {
            return Arrays.stream(Seam.values())
                    .flatMap(seam -> Arrays.stream(Thrown.values()).flatMap(thrown -> of(seam, thrown)));
        }

        private static Stream<Kind> of(Seam seam, Thrown thrown) {
            if (thrown == Thrown.REJECTED && !seam.isExecutor) {
                return Stream.of();
            }
            Kind now = new Kind(seam, thrown, false);
            return seam.hasFuture ? Stream.of(now, new Kind(seam, thrown, true)) : Stream.of(now);
        }

        @Override
        public String toString() {
            return seam + (isInFuture ? " brings " : " throws ") + thrown;
        }
    }

    private final Kind kind;
    private final int failingCall;
    private final Map<Seam, Integer> calls = new EnumMap<>(Seam.class);
    private boolean hasThrown;
    private boolean isOver;

    /** @param failingCall the first one is 1; with 0 none fails */
    SeamFault(Kind kind, int failingCall) {
        this.kind = kind;
        this.failingCall = failingCall;
    }

    /** To be called before each call of a seam without a future. */
    void check(Seam seam) {
        if (isDue(seam, false)) {
            kind.thrown.now(seam);
        }
    }

    /** A call of a seam with a future. */
    <T> CompletableFuture<T> call(Seam seam, Supplier<CompletableFuture<T>> call) {
        if (!isDue(seam, kind.isInFuture)) {
            return call.get();
        }
        CompletableFuture<T> failed = Futures.call(() -> {
            kind.thrown.now(seam);
            return call.get();
        });
        if (kind.isInFuture) {
            return failed;
        }
        kind.thrown.now(seam);
        return failed;
    }

    private boolean isDue(Seam seam, boolean isInFuture) {
        if (isOver) {
            return false;
        }
        int call = calls.merge(seam, 1, Integer::sum);
        boolean isDue = seam == kind.seam && isInFuture == kind.isInFuture && call == failingCall;
        hasThrown |= isDue;
        return isDue;
    }

    /** Up to {@link #end}. */
    int calls(Seam seam) {
        return calls.getOrDefault(seam, 0);
    }

    boolean hasThrown() {
        return hasThrown;
    }

    /** From now on nothing fails. */
    void end() {
        isOver = true;
    }
}
