package barrage.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressState;
import org.jspecify.annotations.Nullable;

/** Tells how a load goes: a bar on a terminal, else a line a second. */
final class LoadProgress implements LoadRun.Progress, AutoCloseable {
  /** What {@code stty size} prints: rows, then columns. */
  private static final Pattern SIZE = Pattern.compile("\\d+ ([1-9]\\d{0,3})\\s*");

  private static final int DEFAULT_COLUMNS = 80;
  private static final int MIN_BAR = 10;

  private final PrintWriter out;
  private final boolean bars;
  private @Nullable ProgressBar bar;

  /**
   * @param bars whether there is a terminal to draw them on
   */
  LoadProgress(PrintWriter out, boolean bars) {
    this.out = out;
    this.bars = bars;
  }

  @Override
  public void phase(String what) {
    close();
    if (bars) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(what)
              .setInitialMax(0)
              .setUpdateIntervalMillis(200)
              .setRenderer(LoadProgress::render)
              .setConsumer(new DelegatingProgressBarConsumer(LoadProgress::draw, columns()))
              .build();
    } else {
      out.println(what);
      out.flush();
    }
  }

  @Override
  public void second(Timeline.Point point, long done, long of) {
    ProgressBar drawn = bar;
    if (drawn != null) {
      drawn.maxHint(of);
      drawn.stepTo(done);
      drawn.setExtraMessage(" " + line(point));
    } else {
      out.printf(
          Locale.ROOT,
          point.atMs() < 0 ? "%,8d in   %s%n" : "%6d s   %s%n",
          point.atMs() < 0 ? done : Math.round(point.atMs() / 1_000.),
          line(point));
      out.flush();
    }
  }

  private static String render(ProgressState state, int columns) {
    return render(
        state.getTaskName(), state.getCurrent(), state.getMax(), state.getExtraMessage(), columns);
  }

  /**
   * Draws one line. The library's own renderer also knows how wide Chinese text is, for which it
   * needs half a megabyte of JLine; every character of this line takes one column.
   */
  static String render(String task, long current, long max, String message, int columns) {
    String line = task;
    if (max > 0) {
      double part = Math.min(1, (double) current / max);
      String before = String.format(Locale.ROOT, "%s %3.0f%% │", task, 100 * part);
      String after = String.format(Locale.ROOT, "│ %,d/%,d%s", current, max, message);
      int width = Math.max(MIN_BAR, columns - before.length() - after.length());
      int full = (int) Math.round(width * part);
      line = before + "█".repeat(full) + " ".repeat(width - full) + after;
    }
    return line.substring(0, Math.min(columns, line.length()));
  }

  private static void draw(String line) {
    System.err.print('\r' + line);
    System.err.flush();
  }

  /** The width of the terminal. */
  private static int columns() {
    try {
      Process stty = new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty")).start();
      Matcher size = SIZE.matcher(new String(stty.getInputStream().readAllBytes(), US_ASCII));
      return size.matches() ? Integer.parseInt(size.group(1)) : DEFAULT_COLUMNS;
    } catch (IOException e) {
      return DEFAULT_COLUMNS; // no stty, or no terminal
    }
  }

  private static String line(Timeline.Point point) {
    double seconds = point.lengthMs() / 1_000.;
    StringBuilder line = new StringBuilder();
    if (point.atMs() >= 0) {
      line.append(Figure.count(point.online())).append(" online");
      append(line, "deliveries", point.deliveries() / seconds, point.deliveryP99Ms());
      append(line, "answers", point.answers() / seconds, point.answerP99Ms());
      if (point.errors() > 0) {
        line.append(", ").append(Figure.count(point.errors())).append(" errors");
      }
    }
    return line.toString();
  }

  private static void append(StringBuilder line, String what, double perSecond, double p99Ms) {
    if (perSecond > 0) {
      line.append(String.format(Locale.ROOT, ", %,.0f %s/s", perSecond, what));
      if (!Double.isNaN(p99Ms)) {
        line.append(" p99 ").append(Figure.ms(p99Ms));
      }
    }
  }

  @Override
  public void close() {
    ProgressBar drawn = bar;
    bar = null;
    if (drawn != null) {
      drawn.close();
      System.err.println();
    }
  }
}
