package io.zonecache.chaos.report;

import io.zonecache.chaos.report.Timeline.Mark;
import io.zonecache.chaos.report.Timeline.Second;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.ToDoubleFunction;

/** A timeline as a picture: one curve for each figure, one above the other, and what was done as lines through all of them. */
public final class TimelineSvg {

    private static final int LEFT = 90;
    private static final int TOP = 70;
    private static final int WIDTH = 1_400;
    private static final int HEIGHT = 130;
    private static final int GAP = 40;

    /** Fewer reads in a second say nothing about a share of them. */
    private static final int FEW_READS = 10;

    private record Curve(String title, String colour, double least, ToDoubleFunction<Second> value) {}

    private static final List<Curve> CURVES = List.of(
            new Curve(
                    "reads per second", "#1f77b4", 10, second -> second.tally().reads()),
            new Curve(
                    "hit rate, %",
                    "#2ca02c", 100, second -> 100 * second.tally().hitRate()),
            new Curve("p99.9, ms", "#9467bd", 10, second -> second.tally().millisAt(0.999)),
            new Curve("origin GETs in flight", "#d62728", 4, Second::origin));

    private final SortedMap<Long, Second> seconds;
    private final List<Mark> marks;
    private final double pixelsPerSecond;
    private final StringBuilder svg = new StringBuilder();

    private TimelineSvg(Timeline timeline) {
        this.seconds = timeline.seconds();
        this.marks = timeline.marks();
        double last = seconds.isEmpty() ? 1 : seconds.lastKey() + 1.0;
        this.pixelsPerSecond = WIDTH / last;
    }

    /** The whole document. */
    public static String draw(Timeline timeline) {
        return new TimelineSvg(timeline).draw();
    }

    private String draw() {
        int height = TOP + CURVES.size() * (HEIGHT + GAP);
        line(
                "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='11'>",
                LEFT + WIDTH + 20, height);
        line("<rect width='100%%' height='100%%' fill='white'/>");
        for (Mark mark : marks) {
            mark(mark, height - GAP);
        }
        for (int i = 0; i < CURVES.size(); i++) {
            curve(CURVES.get(i), TOP + i * (HEIGHT + GAP));
        }
        for (long second = 0; x((double) second) <= LEFT + WIDTH; second += tick()) {
            line(
                    "<text x='%.1f' y='%d' text-anchor='middle' fill='#555'>%d s</text>",
                    x((double) second), height - GAP + 16, second);
        }
        line("</svg>");
        return svg.toString();
    }

    private void mark(Mark mark, int bottom) {
        String colour = mark.isFault() ? "#ff9896" : "#333333";
        line(
                "<line x1='%.1f' x2='%.1f' y1='%d' y2='%d' stroke='%s' stroke-width='1'><title>%s</title></line>",
                x(mark.second()), x(mark.second()), TOP - 5, bottom, colour, escaped(mark.text()));
        if (!mark.isFault()) {
            line(
                    "<text transform='translate(%.1f,%d) rotate(-35)' fill='#333'>%s</text>",
                    x(mark.second()), TOP - 8, escaped(mark.text()));
        }
    }

    private void curve(Curve curve, int top) {
        double most = curve.least();
        for (Second second : seconds.values()) {
            most = Math.max(most, curve.value().applyAsDouble(second));
        }
        int bottom = top + HEIGHT;
        line("<rect x='%d' y='%d' width='%d' height='%d' fill='none' stroke='#ccc'/>", LEFT, top, WIDTH, HEIGHT);
        line("<text x='%d' y='%d' fill='%s'>%s</text>", LEFT, top - 4, curve.colour(), curve.title());
        line("<text x='%d' y='%d' text-anchor='end'>%.0f</text>", LEFT - 6, top + 8, most);
        line("<text x='%d' y='%d' text-anchor='end'>0</text>", LEFT - 6, bottom);
        StringBuilder points = new StringBuilder();
        long previous = -1;
        for (Map.Entry<Long, Second> entry : seconds.entrySet()) {
            boolean hasSomething = curve.title().startsWith("origin")
                    || curve.title().startsWith("reads")
                    || entry.getValue().tally().reads() >= FEW_READS;
            if (!hasSomething || entry.getKey() != previous + 1) {
                polyline(points, curve.colour());
            }
            if (hasSomething) {
                double value = curve.value().applyAsDouble(entry.getValue());
                points.append(String.format(
                        Locale.ROOT, "%.1f,%.1f ", x(entry.getKey() + 0.5), bottom - HEIGHT * value / most));
            }
            previous = entry.getKey();
        }
        polyline(points, curve.colour());
    }

    private void polyline(StringBuilder points, String colour) {
        if (!points.isEmpty()) {
            line(
                    "<polyline points='%s' fill='none' stroke='%s' stroke-width='1.2'/>",
                    points.toString().strip(), colour);
            points.setLength(0);
        }
    }

    private long tick() {
        for (long tick : new long[] {5, 10, 30, 60, 120, 300, 600, 1_800, 3_600}) {
            if (tick * pixelsPerSecond >= 50) {
                return tick;
            }
        }
        return 7_200;
    }

    private double x(double second) {
        return LEFT + second * pixelsPerSecond;
    }

    private void line(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;");
    }
}
