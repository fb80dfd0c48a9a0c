package barrage.load;

import java.util.Locale;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A report for programs, which the page draws too. Times are milliseconds. */
final class LoadJson {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final double[] PERCENTILES = {
    0, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99, 99.999, 100
  };

  private LoadJson() {}

  static ObjectNode of(LoadReport report) {
    Scenario scenario = report.scenario();
    ObjectNode json =
        JSON.createObjectNode()
            .put("scenario", scenario.name())
            .put("server", report.server())
            .put("room", scenario.room().value())
            .put("run", report.run())
            .put("viewers", report.online())
            .put("seconds", rounded(report.seconds()))
            .put("requests", report.requests())
            .put("oks", report.oks())
            .put("taps", report.taps())
            .put("unanswered", report.unanswered())
            .put("connectionsLost", report.closes());
    ObjectNode times = json.putObject("times");
    for (Condition.Subject subject : Condition.Subject.values()) {
      Histogram micros = report.times(subject);
      if (micros.getTotalCount() > 0) {
        times(times.putObject(subject.label()), micros, report.throughput(subject));
      }
    }
    ObjectNode errors = json.putObject("errors");
    report.errors().forEach(errors::put);
    Watcher.Findings heard = report.heard();
    json.putObject("watchers")
        .put("deliveries", report.deliveries())
        .put("received", heard.received())
        .put("shed", heard.shed())
        .put("gaps", heard.gaps())
        .put("duplicates", heard.duplicates())
        .put("disorders", heard.disorders())
        .put("resumes", heard.resumes())
        .put("resyncs", heard.resyncs());
    json.putObject("danmaku")
        .put("said", report.danmaku().said())
        .put("kept", report.danmaku().kept())
        .put("lost", report.lost())
        .put("doubled", report.danmaku().doubled());
    report
        .sale()
        .ifPresent(
            books -> {
              ObjectNode sale = json.putObject("sale");
              JsonNode last = books.sale();
              if (last != null) {
                for (String count : new String[] {"stock", "available", "reserved", "paid"}) {
                  sale.put(count, last.path(count).asLong());
                }
              }
              sale.put("granted", books.unitsGranted()).put("oversold", books.oversold());
            });
    report.show().ifPresent(act -> json.putObject(act.kind()).put("taken", act.taken()));
    report.lottery().ifPresent(books -> json.putObject("lottery").put("entries", books.entries()));
    json.putObject("tester")
        .put("late", report.isLate())
        .put("cores", rounded(report.tester().cores()))
        .put("cpuMicrosEach", rounded(report.tester().cpuMicrosEach()))
        .put("kibEachConnection", rounded(report.tester().kibEachConnection()));
    ArrayNode asserts = json.putArray("asserts");
    report
        .verdicts()
        .forEach(
            verdict ->
                asserts
                    .addObject()
                    .put("condition", verdict.condition().text())
                    .put("holds", verdict.holds())
                    .put("figure", verdict.figure()));
    ArrayNode broken = json.putArray("broken");
    report.broken().forEach(broken::add);
    ArrayNode timeline = json.putArray("timeline");
    report.timeline().forEach(point -> point(timeline.addObject(), point));
    return json;
  }

  private static void times(ObjectNode json, Histogram micros, double perSecond) {
    json.put("count", micros.getTotalCount())
        .put("perSecond", rounded(perSecond))
        .put("meanMs", rounded(micros.getMean() / 1_000));
    for (String p : new String[] {"50", "90", "99", "99.9"}) {
      json.put("p" + p + "Ms", micros.getValueAtPercentile(Double.parseDouble(p)) / 1_000.);
    }
    json.put("maxMs", micros.getMaxValue() / 1_000.);
    ArrayNode curve = json.putArray("percentiles");
    for (double p : PERCENTILES) {
      curve.addArray().add(p).add(micros.getValueAtPercentile(p) / 1_000.);
    }
  }

  private static void point(ObjectNode json, Timeline.Point point) {
    double seconds = point.lengthMs() / 1_000.;
    json.put("atMs", point.atMs())
        .put("online", point.online())
        .put("deliveriesPerSecond", rounded(point.deliveries() / seconds))
        .put("answersPerSecond", rounded(point.answers() / seconds))
        .put("errorsPerSecond", rounded(point.errors() / seconds));
    put(json, "deliveryP50Ms", point.deliveryP50Ms());
    put(json, "deliveryP99Ms", point.deliveryP99Ms());
    put(json, "answerP50Ms", point.answerP50Ms());
    put(json, "answerP99Ms", point.answerP99Ms());
  }

  private static void put(ObjectNode json, String name, double ms) {
    if (!Double.isNaN(ms)) {
      json.put(name, ms);
    }
  }

  private static double rounded(double figure) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.3f", figure));
  }
}
