package io.zonecache.client.internal.read;

import io.zonecache.client.internal.read.ZoneRead.Basis;
import io.zonecache.model.CacheException;
import java.util.List;

/** What a read does next. {@link ReadState} decides it while a round is open, {@link RoundRetries} between rounds. */
sealed interface ReadStep {

    /** Do nothing until a node answers or a timer fires. */
    record Wait() implements ReadStep {}

    /** Decode the stripes held. The state says {@link Wait} until {@link ReadState#endDecoding}. */
    record Decode() implements ReadStep {}

    /** Ask the nodes at these places, which count as asked from now on. */
    record Ask(List<Integer> places) implements ReadStep {}

    /** The zone has too few stripes. */
    record Miss(Basis basis) implements ReadStep {}

    /** The round has ended undecided: release what it holds, and ask all nodes again later. */
    record Undecided() implements ReadStep {}

    /** End the round, which lacks memory, and begin another one once that many bytes are free. */
    record Requeue(long needBytes) implements ReadStep {}

    /** Do nothing for that long, then check whether another round may begin. */
    record Pause(long nanos) implements ReadStep {}

    /** A node knows that the chunk was purged. */
    record Purged() implements ReadStep {}

    /** The read has failed. */
    record Fail(CacheException failure) implements ReadStep {}
}
