package io.zonecache.chaos.fault;

import io.zonecache.chaos.zone.NodeContainer;

/**
 * Bits rot in all that a node has on disk: one byte in so many is another. The node is killed and started again, so that it reads from the
 * disk and not from its memory. Nothing brings the bytes back but repair.
 */
public record DiskBitFlips(NodeContainer node, int everyBytes) implements Fault {

    /** In the node's container there is bash and dd. The first argument is the distance; the files grow while it runs, or go. */
    private static final String FLIP = """
            shopt -s globstar nullglob
            for file in /data/node/store/**/*.sst; do
              size=$(stat -c %s "$file" 2> /dev/null) || continue
              for ((at = $1 / 2; at < size; at += $1)); do
                printf '\\245' | dd of="$file" bs=1 seek="$at" conv=notrunc status=none
                echo flipped
              done
            done
            """;

    @Override
    public String describe() {
        return "flip bits on the disk of " + node.id();
    }

    @Override
    public void inject() {
        String flips = node.run("/bin/bash", "-c", FLIP, "flip", Integer.toString(everyBytes));
        if (flips.isEmpty()) {
            throw new IllegalStateException("disk of " + node.id() + ": no byte flipped (expected: some)");
        }
        node.kill();
        node.startAgain();
    }

    @Override
    public void heal() {}
}
