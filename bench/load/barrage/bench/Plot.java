package barrage.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Panels of lines over two logarithmic axes, as one SVG that needs nothing else. */
final class Plot {
  private static final int COLUMNS = 2;
  private static final int WIDTH = 520;
  private static final int HEIGHT = 270;
  private static final int LEFT = 62;
  private static final int RIGHT = 100;
  private static final int TOP = 34;
  private static final int BOTTOM = 46;

  /** Told apart without colour sight as well (Okabe and Ito). */
  private static final String[] COLORS = {"#0072b2", "#d55e00", "#009e73", "#cc79a7"};

  private final StringBuilder svg = new StringBuilder();
  private int panels;

  /** Where a line goes. */
  record At(double x, double y) {}

  /** A decade to begin with and one to end with, and the pixels between. */
  private record Axis(int from, int to, double atFrom, double atTo) {
    static Axis of(List<At> points, ToDoubleFunction<At> value, double atFrom, double atTo) {
      double[] logs = points.stream().mapToDouble(value).map(Math::log10).sorted().toArray();
      int from = (int) Math.floor(logs[0] + 1e-9);
      int to = (int) Math.ceil(logs[logs.length - 1] - 1e-9);
      return new Axis(from, Math.max(from + 1, to), atFrom, atTo);
    }

    double at(double value) {
      return atFrom + (Math.log10(value) - from) / (to - from) * (atTo - atFrom);
    }
  }

  /**
   * Adds a panel.
   *
   * @param lines by name, at most four; what is not above zero has no place on such an axis
   */
  Plot panel(String title, String x, String y, Map<String, List<At>> lines) {
    List<At> all = lines.values().stream().flatMap(List::stream).filter(Plot::hasPlace).toList();
    double left = panels % COLUMNS * WIDTH + LEFT;
    double top = panels / COLUMNS * HEIGHT + TOP;
    panels++;
    double right = left + WIDTH - LEFT - RIGHT;
    double bottom = top + HEIGHT - TOP - BOTTOM;
    text(left, top - 12, "start", "bold", title);
    if (all.isEmpty()) {
      return this;
    }
    Axis across = Axis.of(all, At::x, left, right);
    Axis up = Axis.of(all, At::y, bottom, top);
    for (int decade = across.from; decade <= across.to; decade++) {
      double at = across.at(Math.pow(10, decade));
      line(at, top, at, bottom);
      text(at, bottom + 16, "middle", "normal", number(decade));
    }
    for (int decade = up.from; decade <= up.to; decade++) {
      double at = up.at(Math.pow(10, decade));
      line(left, at, right, at);
      text(left - 6, at + 4, "end", "normal", number(decade));
    }
    text((left + right) / 2, bottom + 34, "middle", "normal", x);
    text(left - 6, top - 12, "end", "normal", y);
    List<String> names = List.copyOf(lines.keySet());
    double labelAbove = Double.NEGATIVE_INFINITY;
    List<Map.Entry<String, List<At>>> fromTheTop = new ArrayList<>(lines.entrySet());
    fromTheTop.removeIf(each -> each.getValue().stream().noneMatch(Plot::hasPlace));
    fromTheTop.sort((a, b) -> Double.compare(last(b).y, last(a).y));
    for (Map.Entry<String, List<At>> each : fromTheTop) {
      String stroke = COLORS[names.indexOf(each.getKey())];
      curve(each.getValue(), across, up, stroke);
      double beside = Math.max(up.at(last(each).y) + 4, labelAbove + 14);
      labelAbove = beside;
      add(
          "<text x='%.1f' y='%.1f' fill='%s'>%s</text>",
          across.at(last(each).x) + 8, beside, stroke, escape(each.getKey()));
    }
    return this;
  }

  private static boolean hasPlace(At point) {
    return point.x > 0 && point.y > 0;
  }

  private static At last(Map.Entry<String, List<At>> line) {
    List<At> points = line.getValue().stream().filter(Plot::hasPlace).toList();
    return points.get(points.size() - 1);
  }

  private void curve(List<At> points, Axis across, Axis up, String stroke) {
    StringBuilder path = new StringBuilder();
    for (At point : points) {
      if (hasPlace(point)) {
        double x = across.at(point.x);
        double y = up.at(point.y);
        path.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
        add("<circle cx='%.1f' cy='%.1f' r='3' fill='%s'/>", x, y, stroke);
      }
    }
    add("<polyline points='%s' fill='none' stroke='%s' stroke-width='2'/>", path, stroke);
  }

  private void line(double x1, double y1, double x2, double y2) {
    add("<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='#ddd'/>", x1, y1, x2, y2);
  }

  private void text(double x, double y, String anchor, String weight, String text) {
    add(
        "<text x='%.1f' y='%.1f' text-anchor='%s' font-weight='%s'>%s</text>",
        x, y, anchor, weight, escape(text));
  }

  private void add(String format, Object... args) {
    svg.append(String.format(Locale.ROOT, format, args)).append('\n');
  }

  private static String number(int decade) {
    return decade < 0
        ? String.format(Locale.ROOT, "%." + -decade + "f", Math.pow(10, decade))
        : String.format(Locale.ROOT, "%,.0f", Math.pow(10, decade));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  String toSvg() {
    int rows = (panels + COLUMNS - 1) / COLUMNS;
    return String.format(
            Locale.ROOT,
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d'"
                + " font-family='sans-serif' font-size='12' fill='#222'>%n"
                + "<rect width='100%%' height='100%%' fill='white'/>%n",
            COLUMNS * WIDTH,
            rows * HEIGHT)
        + svg
        + "</svg>\n";
  }
}
