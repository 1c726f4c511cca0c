package io.zonecache.testkit.network;

import java.util.Random;
import java.util.concurrent.TimeUnit;

/** How long one message is on its way. */
@FunctionalInterface
public interface Delay {

    /** A message arrives within the call that sends it. */
    Delay NONE = random -> 0;

    /** @return at least 0; draws from nothing but {@code random} */
    long nextNanos(Random random);

    static Delay ofMillis(long millis) {
        return random -> TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Whole milliseconds from 0 to below the bound, each as often. */
    static Delay uniformMillis(int boundMillis) {
        return random -> TimeUnit.MILLISECONDS.toNanos(random.nextInt(boundMillis));
    }

    /** A log-normal distribution whose logarithm has a standard deviation of 1: a fraction of the median, with a long tail. */
    static Delay logNormalNanos(long medianNanos) {
        return random -> (long) (medianNanos * Math.exp(random.nextGaussian()));
    }
}
