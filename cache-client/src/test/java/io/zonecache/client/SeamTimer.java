package io.zonecache.client;

import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.time.VirtualTimer;
import java.lang.StackWalker.StackFrame;
import java.util.ArrayList;
import java.util.List;

/** Virtual time that fails as a {@link SeamFault} says, and knows whose tasks wait. */
final class SeamTimer implements ClientTimer {

    private static final String INTERNAL = "io.zonecache.client.internal.";

    private final VirtualTimer timer;
    private final SeamFault fault;
    private final List<String> waiting = new ArrayList<>();

    /** What tasks have thrown although no seam had. */
    final List<Throwable> unexpected = new ArrayList<>();

    SeamTimer(VirtualTimer timer, SeamFault fault) {
        this.timer = timer;
        this.fault = fault;
    }

    /** The classes whose tasks wait; those that follow view and purges go on as long as the client does. */
    List<String> waiting() {
        return waiting.stream().filter(name -> !name.startsWith("view.")).toList();
    }

    @Override
    public long nanoTime() {
        return timer.nanoTime();
    }

    @Override
    public Scheduled schedule(long delayNanos, Runnable task) {
        fault.check(Seam.TIMER);
        String owner = owner();
        boolean[] isOver = new boolean[1];
        waiting.add(owner);
        Scheduled scheduled = timer.schedule(delayNanos, () -> {
            end(owner, isOver);
            run(task);
        });
        return () -> {
            end(owner, isOver);
            scheduled.cancel();
        };
    }

    private void end(String owner, boolean[] isOver) {
        if (!isOver[0]) {
            isOver[0] = true;
            waiting.remove(owner);
        }
    }

    /** As an executor does, which keeps what is thrown in a future that nobody has. */
    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            if (!fault.hasThrown()) {
                unexpected.add(e);
            }
        }
    }

    private static String owner() {
        return StackWalker.getInstance()
                .walk(frames -> frames.map(StackFrame::getClassName)
                        .filter(name -> name.startsWith(INTERNAL))
                        .findFirst()
                        .map(name -> name.substring(INTERNAL.length()))
                        .orElse("?"));
    }
}
