package io.zonecache.chaos.fault;

import io.zonecache.chaos.zone.NodeContainer;

/** Something else fills the disk of a node, to the last byte; healed, it goes. Only for a node with a small disk of its own. */
public record DiskFull(NodeContainer node) implements Fault {

    private static final String FILLER = "/data/filler";

    @Override
    public String describe() {
        return "fill the disk of " + node.id();
    }

    @Override
    public void inject() {
        // dd ends with an error, which is what is wanted.
        node.run("/bin/bash", "-c", "dd if=/dev/zero of=" + FILLER + " bs=65536 2> /dev/null || true");
    }

    @Override
    public void heal() {
        node.run("/bin/bash", "-c", "rm -f " + FILLER);
    }
}
