package barrage.load;

import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Tells how a load goes: a bar on a terminal, else a line a second. */
final class LoadProgress implements LoadRun.Progress, AutoCloseable {
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
              .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BAR)
              .setUpdateIntervalMillis(200)
              .hideEta()
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
    }
  }
}
