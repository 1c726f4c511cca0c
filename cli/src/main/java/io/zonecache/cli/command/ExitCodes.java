package io.zonecache.cli.command;

/** What every command ends with. */
public final class ExitCodes {

    public static final int DONE = 0;
    public static final int FAILED = 1;

    /** Wrong usage or configuration. */
    public static final int USAGE = 2;

    private ExitCodes() {}
}
