package io.zonecache.client.internal.read;

import io.zonecache.client.internal.read.NodeFinding.State;
import io.zonecache.model.CodeSpec;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chunk that was read, kept until it is known which of its stripes may be repaired. It is only held weakly: a silent node must not keep a
 * second's worth of chunks in memory for the sake of a repair.
 */
record RepairCandidate(WeakReference<ByteBuffer> chunk, CodeSpec code, List<NodeFinding> findings) {

    RepairCandidate(ByteBuffer chunk, CodeSpec code) {
        this(new WeakReference<>(chunk), code, List.of());
    }

    /** @param known what every node has answered */
    RepairCandidate withFindings(List<NodeFinding> known) {
        return new RepairCandidate(chunk, code, known);
    }

    /** The chunk if a node needs it, and it is still there. */
    @Nullable
    ByteBuffer neededChunk() {
        boolean isNeeded = findings.stream()
                .anyMatch(finding -> finding.state() == State.WANTED || finding.state() == State.CORRUPT);
        return isNeeded ? chunk.get() : null;
    }
}
