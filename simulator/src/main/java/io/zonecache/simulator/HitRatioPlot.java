package io.zonecache.simulator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Hit-ratio curves as an SVG picture that needs nothing else: capacity on a logarithmic axis, a line for each policy, named at its
 * end.
 */
public final class HitRatioPlot {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 440;
    private static final int LEFT = 64;
    private static final int RIGHT = 640;
    private static final int TOP = 48;
    private static final int BOTTOM = 380;
    private static final int LINE_HEIGHT = 15;
    private static final int LABEL_ROOM = 44;

    /** Told apart by people who see fewer colours too (Okabe and Ito 2008). */
    private static final String[] COLOURS = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000"
    };

    private final String title;
    private final List<SimulationResult> results;
    private final IntFunction<String> capacityLabel;
    private final double logLeast;
    private final double logMost;
    private final double top;
    private final StringBuilder svg = new StringBuilder();

    private HitRatioPlot(String title, List<SimulationResult> results, IntFunction<String> capacityLabel) {
        this.title = title;
        this.results = results;
        this.capacityLabel = capacityLabel;
        this.logLeast = Math.log(
                results.stream().mapToInt(SimulationResult::capacity).min().orElse(1));
        this.logMost = Math.log(
                results.stream().mapToInt(SimulationResult::capacity).max().orElse(1));
        double best =
                results.stream().mapToDouble(SimulationResult::hitRatio).max().orElse(1);
        this.top = Math.max(0.1, Math.ceil(best * 10) / 10);
    }

    /** @param capacityLabel what the axis says at a capacity in keys */
    public static String svg(String title, List<SimulationResult> results, IntFunction<String> capacityLabel) {
        return new HitRatioPlot(title, results, capacityLabel).draw();
    }

    private String draw() {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"12\">",
                WIDTH, HEIGHT, WIDTH, HEIGHT);
        add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, HEIGHT);
        add("<text x=\"%d\" y=\"26\" font-size=\"15\">%s</text>", LEFT, escape(title));
        drawRatios();
        drawCapacities();
        drawCurves();
        add("</svg>");
        return svg.toString();
    }

    private void drawRatios() {
        int steps = (int) Math.round(top * 10);
        for (int step = 0; step <= steps; step++) {
            double y = y(step / 10.0);
            add("<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#dddddd\"/>", LEFT, y, RIGHT, y);
            add("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d %%</text>", LEFT - 8, y + 4, step * 10);
        }
    }

    private void drawCapacities() {
        double last = Double.NEGATIVE_INFINITY;
        for (int capacity : results.stream()
                .mapToInt(SimulationResult::capacity)
                .distinct()
                .sorted()
                .toArray()) {
            double x = x(capacity);
            add("<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#888888\"/>", x, BOTTOM, x, BOTTOM + 5);
            if (x - last >= LABEL_ROOM) {
                String label = escape(capacityLabel.apply(capacity));
                add("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>", x, BOTTOM + 20, label);
                last = x;
            }
        }
        int middle = (LEFT + RIGHT) / 2;
        add("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">capacity (hit ratio upward)</text>", middle, BOTTOM + 44);
    }

    private void drawCurves() {
        Map<String, List<SimulationResult>> curves = new LinkedHashMap<>();
        for (SimulationResult result : results) {
            curves.computeIfAbsent(result.policy(), policy -> new ArrayList<>()).add(result);
        }
        Map<String, String> colours = new LinkedHashMap<>();
        List<SimulationResult> ends = new ArrayList<>();
        curves.forEach((policy, curve) -> {
            curve.sort(Comparator.comparingInt(SimulationResult::capacity));
            colours.put(policy, COLOURS[colours.size() % COLOURS.length]);
            drawCurve(curve, colours.getOrDefault(policy, COLOURS[0]));
            ends.add(curve.get(curve.size() - 1));
        });
        ends.sort(Comparator.comparingDouble(SimulationResult::hitRatio).reversed());
        double free = TOP;
        for (SimulationResult end : ends) {
            double at = Math.max(free, y(end.hitRatio()) + 4);
            String colour = colours.getOrDefault(end.policy(), COLOURS[0]);
            add("<text x=\"%d\" y=\"%.1f\" fill=\"%s\">%s</text>", RIGHT + 12, at, colour, escape(end.policy()));
            free = at + LINE_HEIGHT;
        }
    }

    private void drawCurve(List<SimulationResult> curve, String colour) {
        StringBuilder points = new StringBuilder();
        for (SimulationResult result : curve) {
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(result.capacity()), y(result.hitRatio())));
        }
        add(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
                points.toString().strip(), colour);
        for (SimulationResult result : curve) {
            add(
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%s</title></circle>",
                    x(result.capacity()), y(result.hitRatio()), colour, escape(result.toString()));
        }
    }

    private double x(int capacity) {
        double share = logMost > logLeast ? (Math.log(capacity) - logLeast) / (logMost - logLeast) : 0.5;
        return LEFT + share * (RIGHT - LEFT);
    }

    private double y(double ratio) {
        return BOTTOM - ratio / top * (BOTTOM - TOP);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
