package barrage.load;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * What a replay comes to.
 *
 * @param sent lines that were sent at least once
 * @param kept accepted, with a number
 * @param notKept accepted while the store was away
 * @param refusals how many for each error code
 * @param unanswered lines whose outcome stayed unknown
 * @param watchers how many
 * @param heard what they found, together
 * @param latencyMicros from the first sending of a line to each receipt of it
 * @param broken what the protocol promises and the room did not keep; empty when all is well
 */
record ReplayReport(
    int sent,
    int kept,
    int notKept,
    SortedMap<String, Integer> refusals,
    int unanswered,
    int watchers,
    Watcher.Findings heard,
    Histogram latencyMicros,
    List<String> broken) {

  static ReplayReport of(
      int sent,
      SortedMap<String, Integer> refusals,
      List<Utterance> lines,
      Optional<RoomClient.Position> highest,
      List<Watcher> watchers,
      List<Arrivals> arrivals,
      Transcript transcript) {
    List<Watcher.Findings> findings = watchers.stream().map(Watcher::findings).toList();
    int unanswered = count(lines, Utterance.Fate.UNANSWERED);

    List<String> broken = new ArrayList<>();
    tell(broken, unanswered, "lines were never answered");
    Watcher.Findings all = Watcher.Findings.sum(findings);
    broken.addAll(all.broken(transcript));
    highest.ifPresent(
        last ->
            tell(
                broken,
                watchers.stream().filter(watcher -> watcher.isBehind(last)).count(),
                "watchers never heard of the last accepted danmaku"));
    tell(broken, strangers(lines, transcript), "accepted danmaku are something else in the room");
    tell(broken, sharedNumbers(lines), "accepted danmaku have the number of another");
    tell(broken, doubled(lines, transcript), "danmaku that were sent again took effect twice");

    return new ReplayReport(
        sent,
        count(lines, Utterance.Fate.KEPT),
        count(lines, Utterance.Fate.NOT_KEPT),
        new TreeMap<>(refusals),
        unanswered,
        findings.size(),
        all,
        latencies(lines, arrivals),
        List.copyOf(broken));
  }

  private static void tell(List<String> broken, long count, String what) {
    if (count > 0) {
      broken.add(count + " " + what);
    }
  }

  private static int count(List<Utterance> lines, Utterance.Fate fate) {
    return (int) lines.stream().filter(line -> line.fate() == fate).count();
  }

  private static long strangers(List<Utterance> lines, Transcript transcript) {
    long strangers = 0;
    for (Utterance line : lines) {
      RoomClient.Position at = line.position();
      Transcript.Told told = at == null ? null : transcript.at(at);
      if (told != null && !told.equals(line.told())) {
        strangers++;
      }
    }
    return strangers;
  }

  private static long sharedNumbers(List<Utterance> lines) {
    Set<RoomClient.Position> taken = new HashSet<>();
    return lines.stream()
        .filter(line -> line.position() != null && !taken.add(line.position()))
        .count();
  }

  /**
   * Danmaku in the room that no answer accounts for and that equal one which was sent more than
   * once. What others say in the room at the same time does not count.
   */
  private static long doubled(List<Utterance> lines, Transcript transcript) {
    Set<RoomClient.Position> answered = new HashSet<>();
    Map<Transcript.Told, Integer> repeated = new HashMap<>();
    for (Utterance line : lines) {
      RoomClient.Position at = line.position();
      if (at != null) {
        answered.add(at);
      }
      if (line.tries() > 1) {
        // One that stayed unanswered may be there, once.
        int allowed = line.fate() == Utterance.Fate.UNANSWERED ? 1 : 0;
        repeated.merge(line.told(), allowed, Integer::sum);
      }
    }
    Map<Transcript.Told, Integer> unaccounted = new HashMap<>();
    transcript
        .all()
        .forEach(
            (at, told) -> {
              if (!answered.contains(at) && repeated.containsKey(told)) {
                unaccounted.merge(told, 1, Integer::sum);
              }
            });
    return unaccounted.entrySet().stream()
        .mapToLong(e -> Math.max(0, e.getValue() - repeated.getOrDefault(e.getKey(), 0)))
        .sum();
  }

  private static Histogram latencies(List<Utterance> lines, List<Arrivals> arrivals) {
    Histogram micros = new Histogram(3);
    for (Utterance line : lines) {
      RoomClient.Position at = line.position();
      if (at == null) {
        continue;
      }
      for (Arrivals watcher : arrivals) {
        long receivedNanos = watcher.receivedNanos(at);
        if (receivedNanos != 0) {
          micros.recordValue(Math.max(0, (receivedNanos - line.sentNanos()) / 1_000));
        }
      }
    }
    return micros;
  }

  /** All of it, in one line. */
  String line() {
    int refused = refusals.values().stream().mapToInt(Integer::intValue).sum();
    String reasons =
        refusals.entrySet().stream()
            .map(e -> e.getKey() + " " + e.getValue())
            .collect(Collectors.joining(", ", " (", ")"));
    return String.format(
        Locale.ROOT,
        "sent %d, accepted %d%s, refused %d%s, unanswered %d; %d watchers: received %d, shed %d,"
            + " gaps %d, duplicates %d, resumed %d, resynced %d; latency p50 %.1f ms, p99 %.1f ms",
        sent,
        kept + notKept,
        notKept > 0 ? " (" + notKept + " not kept)" : "",
        refused,
        refused > 0 ? reasons : "",
        unanswered,
        watchers,
        heard.received(),
        heard.shed(),
        heard.gaps(),
        heard.duplicates(),
        heard.resumes(),
        heard.resyncs(),
        latencyMicros.getValueAtPercentile(50) / 1_000.0,
        latencyMicros.getValueAtPercentile(99) / 1_000.0);
  }
}
