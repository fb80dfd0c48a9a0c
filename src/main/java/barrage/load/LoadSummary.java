package barrage.load;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.JsonNode;

/** A report for people: a table, then what stands out. */
final class LoadSummary {
  private final LoadReport report;
  private final PrintWriter out;

  LoadSummary(LoadReport report, PrintWriter out) {
    this.report = report;
    this.out = out;
  }

  void print() {
    Scenario scenario = report.scenario();
    out.printf(
        Locale.ROOT,
        "%n%s on %s, room %s: %s viewers, %.0f s%n%n",
        scenario.name(),
        report.server(),
        scenario.room(),
        Figure.count(report.online()),
        report.seconds());
    out.printf(
        Locale.ROOT,
        "%-12s%12s%12s%10s%10s%10s%10s%10s%n",
        "",
        "count",
        "a second",
        "p50",
        "p90",
        "p99",
        "p99.9",
        "max");
    row(Condition.Subject.DELIVERIES);
    row(Condition.Subject.ANSWERS);
    row(Condition.Subject.JOINS);
    row(Condition.Subject.RETURNS);
    out.println();
    line("answers", answers());
    line("watchers", watchers());
    if (report.danmaku().said() > 0) {
      line(
          "danmaku",
          Figure.count(report.danmaku().said())
              + " said, "
              + Figure.count(report.danmaku().kept())
              + " kept, lost "
              + Figure.count(report.lost())
              + ", doubled "
              + Figure.count(report.danmaku().doubled()));
    }
    report.sale().ifPresent(books -> line("sale", sale(books)));
    report
        .lottery()
        .ifPresent(books -> line("lottery", Figure.count(books.entries()) + " entries, drawn"));
    report.show().ifPresent(act -> line(act.kind(), Figure.count(act.taken()) + " took part"));
    line("tester", tester());
    if (report.isLate()) {
      line(
          "",
          "THE TESTER ITSELF WAS LATE: times hold its own lateness; give it more processors or less"
              + " to do");
    }
    verdicts();
  }

  private void row(Condition.Subject subject) {
    Histogram micros = report.times(subject);
    if (micros.getTotalCount() == 0) {
      return;
    }
    boolean steady =
        subject == Condition.Subject.DELIVERIES || subject == Condition.Subject.ANSWERS;
    out.printf(
        Locale.ROOT,
        "%-12s%12s%12s%10s%10s%10s%10s%10s%n",
        subject.label(),
        Figure.count(
            subject == Condition.Subject.DELIVERIES ? report.deliveries() : micros.getTotalCount()),
        steady ? String.format(Locale.ROOT, "%,.0f", report.throughput(subject)) : "",
        at(micros, 50),
        at(micros, 90),
        at(micros, 99),
        at(micros, 99.9),
        at(micros, 100));
  }

  private static String at(Histogram micros, double percentile) {
    return Figure.ms(micros.getValueAtPercentile(percentile) / 1_000.);
  }

  private String answers() {
    String errors =
        report.errors().entrySet().stream()
            .map(error -> error.getKey() + " " + Figure.count(error.getValue()))
            .collect(Collectors.joining(", "));
    return Figure.count(report.oks())
        + " ok, "
        + (errors.isEmpty() ? "no errors" : errors)
        + ", unanswered "
        + Figure.count(report.unanswered())
        + (report.taps() > 0 ? "; " + Figure.count(report.taps()) + " taps" : "");
  }

  private String watchers() {
    Watcher.Findings heard = report.heard();
    return Figure.count(heard.received())
        + " numbers received, shed "
        + Figure.count(heard.shed())
        + ", gaps "
        + Figure.count(heard.gaps())
        + ", doubled "
        + Figure.count(heard.duplicates())
        + ", out of order "
        + Figure.count(heard.disorders())
        + "; resumed "
        + Figure.count(heard.resumes())
        + ", resynced "
        + Figure.count(heard.resyncs())
        + (report.closes() > 0 ? ", connections lost " + Figure.count(report.closes()) : "");
  }

  private static String sale(SaleBooks books) {
    JsonNode sale = books.sale();
    String state =
        sale == null
            ? ""
            : Map.of(
                        "available", sale.path("available").asLong(),
                        "reserved", sale.path("reserved").asLong(),
                        "paid", sale.path("paid").asLong())
                    .entrySet()
                    .stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(count -> Figure.count(count.getValue()) + " " + count.getKey())
                    .collect(Collectors.joining(", "))
                + " of "
                + Figure.count(sale.path("stock").asLong())
                + "; ";
    return state
        + "clicks that won "
        + Figure.count(books.unitsGranted())
        + ", oversold "
        + Figure.count(books.oversold());
  }

  private String tester() {
    LoadReport.Tester tester = report.tester();
    Histogram lag = report.times(Condition.Subject.LAG);
    return String.format(
        Locale.ROOT,
        "%.2f cores, %.1f µs for each delivery and answer, %s; late p99 %s, max %s",
        tester.cores(),
        tester.cpuMicrosEach(),
        tester.kibEachConnection() > 0
            ? String.format(Locale.ROOT, "%.1f KiB a connection", tester.kibEachConnection())
            : "memory not known",
        at(lag, 99),
        at(lag, 100));
  }

  private void verdicts() {
    if (!report.verdicts().isEmpty() || !report.broken().isEmpty()) {
      out.println();
    }
    for (Condition.Verdict verdict : report.verdicts()) {
      out.printf(
          Locale.ROOT,
          "%-5s%s (%s)%n",
          verdict.holds() ? "PASS" : "FAIL",
          verdict.condition().text(),
          verdict.figure());
    }
    report.broken().forEach(what -> out.println("BROKEN " + what));
    out.flush();
  }

  private void line(String what, String text) {
    out.printf(Locale.ROOT, "%-12s%s%n", what, text);
  }
}
