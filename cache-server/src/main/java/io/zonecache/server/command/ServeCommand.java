package io.zonecache.server.command;

import io.zonecache.server.CacheNode;
import io.zonecache.server.NodeStartException;
import io.zonecache.server.config.ConfigError;
import io.zonecache.server.config.ConfigException;
import io.zonecache.server.config.FormerNames;
import io.zonecache.server.config.FormerNames.FormerName;
import io.zonecache.server.config.NodeConfig;
import io.zonecache.server.config.NodeConfigReader;
import io.zonecache.server.config.Setting;
import io.zonecache.server.datadir.DataDirectoryException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a node until SIGTERM or SIGINT. Exit codes: 0 stopped as asked, 1 could not run, 2 wrong usage or configuration. */
@Command(
        name = "serve",
        description = {
            "Runs one node of a zone.",
            "",
            "Every option may also stand in a YAML file under its name without the dashes, or in the environment as"
                    + " ZONECACHE_DATA_DIR and so on. Flags win over the environment, which wins over the file.",
            "SIGTERM stops the node with care; a second one hurries it."
        },
        sortOptions = false,
        abbreviateSynopsis = true,
        modelTransformer = ServeOptions.class)
public final class ServeCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
    private static final int STOPPED = 0;
    private static final int FAILED = 1;
    private static final int MISCONFIGURED = 2;

    /** Prefix of system properties that an image sets: what is default where it runs, such as where its volume is. */
    private static final String IMAGE_DEFAULT = "zonecache.default.";

    private final FormerNames formerNames;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--config", paramLabel = "FILE", description = "YAML file of settings.")
    private @Nullable Path configFile;

    @Option(
            names = "--print-config",
            description = "Print every setting in force and where it came from, and exit. Nothing is started.")
    private boolean printConfig;

    public ServeCommand() {
        this(FormerNames.ALL);
    }

    ServeCommand(FormerNames formerNames) {
        this.formerNames = formerNames;
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            NodeConfigReader reader = configure(System.getenv());
            NodeConfig config = reader.read();
            for (String warning : reader.warnings()) {
                LOG.warn("{}", warning);
            }
            return printConfig ? print(reader.describe(config)) : serve(config);
        } catch (ConfigException e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("zonecache serve: the configuration is wrong:");
            for (ConfigError error : e.errors()) {
                err.println("  " + error);
            }
            err.flush();
            return MISCONFIGURED;
        } catch (DataDirectoryException e) {
            return fail(e.getMessage(), e.isMisconfigured() ? MISCONFIGURED : FAILED);
        } catch (NodeStartException e) {
            LOG.debug("start failed", e);
            return fail(e.getMessage(), FAILED);
        }
    }

    NodeConfigReader configure(Map<String, String> environment) {
        NodeConfigReader reader = new NodeConfigReader(formerNames);
        reader.withImageDefaults(imageDefaults());
        Path file = configFile;
        if (file != null) {
            reader.withFile(file);
        }
        reader.withEnvironment(environment);
        for (FormerName former : formerNames.names()) {
            Object value = spec.findOption(former.flag()).getValue();
            if (value != null) {
                reader.withFormerFlag(former, (String) value);
            }
        }
        for (Setting setting : Setting.values()) {
            Object value = spec.findOption(setting.flag()).getValue();
            if (value != null) {
                reader.withFlag(setting, (String) value);
            }
        }
        return reader;
    }

    private static Map<String, String> imageDefaults() {
        Map<String, String> defaults = new TreeMap<>();
        Properties properties = System.getProperties();
        for (String name : properties.stringPropertyNames()) {
            if (name.startsWith(IMAGE_DEFAULT)) {
                defaults.put(name.substring(IMAGE_DEFAULT.length()), properties.getProperty(name));
            }
        }
        return defaults;
    }

    private int print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        return out.checkError()
                ? fail("standard output: not written (expected: all of the output to be written)", FAILED)
                : STOPPED;
    }

    private static int serve(NodeConfig config) throws InterruptedException {
        if (config.secret() == null
                && !new InetSocketAddress(config.bind(), 0).getAddress().isLoopbackAddress()) {
            LOG.warn("bind {} without secret-file: whoever reaches the cluster port can join the zone", config.bind());
        }
        // halt: a signal would otherwise end the process with 128 + its number, as if it had not been obeyed.
        StopSignals signals = new StopSignals(() -> Runtime.getRuntime().halt(STOPPED));
        Signals.listen(signals::signalled);
        CacheNode node = CacheNode.start(config);
        // For all other ways in which a JVM is ended.
        Thread hook = new Thread(
                () -> {
                    node.shutDown();
                    Runtime.getRuntime().halt(STOPPED);
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        signals.started(node);
        node.awaitClosed();
        return STOPPED;
    }

    private int fail(@Nullable String message, int exitCode) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("zonecache serve: " + message);
        err.flush();
        return exitCode;
    }
}
