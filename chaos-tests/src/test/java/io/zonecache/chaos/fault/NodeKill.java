package io.zonecache.chaos.fault;

import io.zonecache.chaos.zone.NodeContainer;

/** SIGKILL, as from the kernel when memory runs out; healed, the process starts again with the disk it had. */
public record NodeKill(NodeContainer node) implements Fault {

    @Override
    public String describe() {
        return "kill " + node.id();
    }

    @Override
    public void inject() {
        node.kill();
    }

    @Override
    public void heal() {
        node.startAgain();
    }
}
