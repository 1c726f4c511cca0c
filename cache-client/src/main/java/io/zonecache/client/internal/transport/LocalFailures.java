package io.zonecache.client.internal.transport;

import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Pattern;

/** Tells failures of this machine or process from those that say something about a node. */
final class LocalFailures {

    /** The machine's own limits, as the operating system words them. */
    private static final Pattern SHORTAGE = Pattern.compile(
            "(?i)too many open files|no buffer space|cannot assign requested address|cannot allocate memory");

    private LocalFailures() {}

    /** Whether this machine or process lacks a resource, or has failed itself; Netty's lack of direct memory is an {@link Error}. */
    static boolean isLocal(Throwable cause) {
        if (cause instanceof IllegalStateException || cause instanceof RejectedExecutionException) {
            return true;
        }
        for (Throwable next = cause; next != null; next = next.getCause()) {
            String message = next.getMessage();
            if (next instanceof Error
                    || (message != null && SHORTAGE.matcher(message).find())) {
                return true;
            }
        }
        return false;
    }
}
