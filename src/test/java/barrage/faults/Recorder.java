package barrage.faults;

import barrage.faults.History.Attempt;
import barrage.faults.History.Event;
import barrage.faults.History.Sample;
import barrage.faults.History.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Where clients write down what they ask and hear. Safe for any thread. */
final class Recorder {
  private final long startNanos = System.nanoTime();
  private final List<Attempt> attempts = new ArrayList<>();
  private final List<Stream> streams = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();
  private final Map<Event, Event> story = new ConcurrentHashMap<>();

  /** Since the beginning. */
  long nowMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
  }

  synchronized void add(Attempt attempt) {
    attempts.add(attempt);
  }

  synchronized void add(Stream stream) {
    streams.add(stream);
  }

  synchronized void add(Sample sample) {
    samples.add(sample);
  }

  /** The same event, one object for all who hear the same. */
  Event heard(Event event) {
    Event known = story.putIfAbsent(event, event);
    return known == null ? event : known;
  }

  synchronized History history(History.Outcome outcome) {
    return new History(List.copyOf(attempts), List.copyOf(streams), List.copyOf(samples), outcome);
  }
}
