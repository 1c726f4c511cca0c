package io.zonecache.chaos.fault;

import io.zonecache.chaos.zone.NodeContainer;
import java.time.Duration;

/** One node's clock is wrong. */
public record ClockJump(NodeContainer node, Duration ahead) implements Fault {

    @Override
    public String describe() {
        return "set the clock of " + node.id() + " ahead by " + ahead.toMinutes() + " min";
    }

    @Override
    public void inject() {
        node.setClock(ahead);
    }

    @Override
    public void heal() {
        node.setClock(Duration.ZERO);
    }
}
