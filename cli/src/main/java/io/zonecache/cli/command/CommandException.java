package io.zonecache.cli.command;

/** A command can't do its work; its message is the one line that the user gets. */
public final class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CommandException(String message) {
        super(message);
    }
}
