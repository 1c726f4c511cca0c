package io.zonecache.chaos.fault;

/** Something that goes wrong on purpose. Both steps return once they have happened, not once the zone has noticed. */
public interface Fault {

    /** For reports: what is done, and to whom. */
    String describe();

    void inject();

    /** Takes the cause away; what it did remains to be overcome by the zone. */
    void heal();
}
