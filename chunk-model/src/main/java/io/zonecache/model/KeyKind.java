package io.zonecache.model;

/** What whoever reads or writes a chunk knows of its key. One zone serves both kinds. */
public enum KeyKind {
    /** The key alone: the zone's {@link KeyScheme} says what it means. */
    PLAIN,
    /** The range of a stored object that the key stands for, whatever the zone's scheme. */
    RANGE
}
