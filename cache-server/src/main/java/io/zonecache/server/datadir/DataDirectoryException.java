package io.zonecache.server.datadir;

import org.jspecify.annotations.Nullable;

/** A data directory that this node can't or must not use. */
public final class DataDirectoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean isMisconfigured;

    DataDirectoryException(String message, boolean isMisconfigured, @Nullable Throwable cause) {
        super("data-dir: " + message, cause);
        this.isMisconfigured = isMisconfigured;
    }

    /** Whether the configuration names the wrong directory, or else the directory is in no state to be used now. */
    public boolean isMisconfigured() {
        return isMisconfigured;
    }
}
