package io.zonecache.cli;

import picocli.CommandLine.IVersionProvider;

/** What the jar says about itself, and the Java it runs on. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Main.class.getPackage().getImplementationVersion();
        return new String[] {"zonecache " + (version == null ? "(unpackaged)" : version) + ", Java " + Runtime.version()
        };
    }
}
