package io.zonecache.cli.bench;

import io.zonecache.benchmarks.report.Row;
import io.zonecache.cli.command.JsonOption;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/** All that a bench found. */
record BenchReport(Machine machine, List<Row> rows) {

    private static final String FIGURES = " %14s %14s %14s %-6s %12s %s%n";
    private static final int MIN_NAME_CHARS = 24;
    private static final double EXACT_BELOW = 100;

    /** As a table for people, and as JSON where that was asked for. */
    void write(CommandSpec spec, JsonOption json) {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter human = json.isStandardOutput() ? spec.commandLine().getErr() : out;
        human.printf(
                Locale.ROOT,
                "%s, Java %s, %d processors, load %.1f at the start%n%n",
                machine.os(),
                machine.java(),
                machine.processors(),
                machine.loadAverage());
        human.print(table());
        human.flush();
        json.write(this);
    }

    private String table() {
        int nameChars = rows.stream().mapToInt(row -> row.name().length()).reduce(MIN_NAME_CHARS, Math::max);
        String format = "%-" + nameChars + "s" + FIGURES;
        StringBuilder table = new StringBuilder();
        table.append(String.format(Locale.ROOT, format, "", "median", "least", "most", "", "target", ""));
        for (Row row : rows) {
            Double target = row.target();
            Boolean met = row.met();
            table.append(String.format(
                    Locale.ROOT,
                    format,
                    row.name(),
                    number(row.value()),
                    number(row.min()),
                    number(row.max()),
                    row.unit(),
                    target == null ? "" : number(target),
                    met == null ? "" : met ? "met" : "not met"));
        }
        return table.toString().replaceAll(" +(?=\\R)", "");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < EXACT_BELOW ? "%,.2f" : "%,.0f", value);
    }
}
