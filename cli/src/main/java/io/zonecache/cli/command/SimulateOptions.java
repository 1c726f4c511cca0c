package io.zonecache.cli.command;

import io.zonecache.simulator.PolicySimulator;
import io.zonecache.simulator.SimulationOptions;
import io.zonecache.storage.eviction.HistoryBound;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code simulate} runs, checked before the trace is read. */
final class SimulateOptions {

    private static final String UNBOUNDED = "unbounded";
    private static final int MAX_HISTORY_PERCENT = 1_000_000;
    private static final Pattern SHARE = Pattern.compile("(0|[01]?\\.\\d{1,12}|1)|1/([1-9]\\d{0,8})");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--policy",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "lru,lru-2,w-tinylfu",
            description =
                    "lru, fifo, lru-1 to lru-4 (the node's own is lru-2), or w-tinylfu (Caffeine's). Default: ${DEFAULT-VALUE}.")
    private List<String> policies = List.of();

    @Option(
            names = "--capacity",
            required = true,
            split = ",",
            paramLabel = "SIZE",
            converter = CacheSize.Converter.class,
            description = "Entries that fit, such as 1000; or bytes, such as 64MiB, with --entry-bytes.")
    private List<CacheSize> capacities = List.of();

    @Option(
            names = "--entry-bytes",
            paramLabel = "SIZE",
            converter = CacheSize.Converter.class,
            description = "Bytes of one entry; a node holds 128KiB of a chunk of 512KiB under 4-of-5.")
    private @Nullable CacheSize entryBytes;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "0",
            description = "References at the start that fill the cache and are not counted. Default: ${DEFAULT-VALUE}.")
    private long warmUp;

    @Option(
            names = "--correlated",
            paramLabel = "N",
            defaultValue = "0",
            description = "LRU-k: references to a key within N references of the last one belong to it."
                    + " A node counts time instead, 10 s. Default: ${DEFAULT-VALUE}.")
    private long correlated;

    @Option(
            names = "--history",
            paramLabel = "PERCENT",
            defaultValue = UNBOUNDED,
            description = "LRU-k: keys remembered once evicted, in percent of those held; a node remembers 100."
                    + " Default: ${DEFAULT-VALUE}.")
    private String history = UNBOUNDED;

    @Option(
            names = "--retained",
            paramLabel = "N",
            defaultValue = UNBOUNDED,
            description =
                    "LRU-k: an evicted key is forgotten N references after its last one. Default: ${DEFAULT-VALUE}.")
    private String retained = UNBOUNDED;

    @Option(
            names = "--sample",
            paramLabel = "SHARE",
            defaultValue = "1",
            description = "Share of all keys that the trace holds, such as 1/16, where a node's log was sampled:"
                    + " every capacity is taken as that share of it. Default: ${DEFAULT-VALUE}.")
    private String share = "1";

    /** @throws ParameterException if an option can't be used */
    List<String> policies() {
        return policies.stream().map(this::policy).distinct().toList();
    }

    /** Entries to the capacity as it was written, in the order given. @throws ParameterException if one can't be used */
    Map<Integer, String> capacities() {
        long bytes = entryBytes();
        BigDecimal sampled = share();
        Map<Integer, String> labels = new LinkedHashMap<>();
        for (CacheSize capacity : capacities) {
            if (capacity.inBytes() && bytes == 0) {
                throw wrong("--capacity: " + capacity.text() + " (expected: with --entry-bytes)");
            }
            long entries = capacity.entries(bytes, sampled);
            if (entries < 1) {
                throw wrong("--capacity: " + capacity.text() + (capacity.amount() == 0 ? "" : ", which no entry fits")
                        + " (expected: room for at least 1 entry)");
            }
            labels.putIfAbsent((int) entries, capacity.text());
        }
        return labels;
    }

    /** @throws ParameterException if an option can't be used */
    SimulationOptions simulation() {
        atLeast("--warmup", warmUp, 0);
        atLeast("--correlated", correlated, 0);
        int percent = history.equals(UNBOUNDED)
                ? HistoryBound.UNLIMITED_PERCENT
                : (int) number("--history", history, 0, MAX_HISTORY_PERCENT);
        long period =
                retained.equals(UNBOUNDED) ? HistoryBound.FOREVER : number("--retained", retained, 1, Long.MAX_VALUE);
        return new SimulationOptions(warmUp, correlated, new HistoryBound(percent, 0, period));
    }

    /** @throws ParameterException if nothing of so many references would be left to count */
    void checkWarmUp(int references) {
        if (warmUp >= references) {
            throw wrong("--warmup: " + warmUp + " (expected: fewer than the trace's " + references + " references)");
        }
    }

    private String policy(String text) {
        try {
            return PolicySimulator.policyName(text);
        } catch (IllegalArgumentException e) {
            throw wrong("--" + e.getMessage());
        }
    }

    /** 0 if the option was not given. */
    private long entryBytes() {
        CacheSize size = entryBytes;
        if (size != null && size.amount() < 1) {
            throw wrong("--entry-bytes: " + size.text() + " (expected: at least 1)");
        }
        return size == null ? 0 : size.amount();
    }

    private BigDecimal share() {
        Matcher matcher = SHARE.matcher(share);
        if (matcher.matches()) {
            BigDecimal parsed = matcher.group(2) == null
                    ? new BigDecimal(share)
                    : BigDecimal.ONE.divide(
                            BigDecimal.valueOf(Long.parseLong(matcher.group(2))), MathContext.DECIMAL64);
            if (parsed.signum() > 0 && parsed.compareTo(BigDecimal.ONE) <= 0) {
                return parsed;
            }
        }
        throw wrong("--sample: \"" + share + "\" (expected: a share such as 1/16 or 0.25, up to 1)");
    }

    private long number(String option, String text, long least, long most) {
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below, with every other value that is none.
        }
        String range = most == Long.MAX_VALUE ? "at least " + least : least + ".." + most;
        throw wrong(option + ": \"" + text + "\" (expected: " + UNBOUNDED + ", or a whole number, " + range + ")");
    }

    private void atLeast(String option, long value, long least) {
        if (value < least) {
            throw wrong(option + ": " + value + " (expected: at least " + least + ")");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
