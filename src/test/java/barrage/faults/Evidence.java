package barrage.faults;

import barrage.faults.History.Attempt;
import barrage.faults.History.End;
import barrage.faults.History.Thing;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that is known about one thing.
 *
 * @param requests what viewers asked of it: the attempts of each request
 * @param kept the numbered events about it that whoever comes back is told
 * @param heard those that anybody was told, in whatever epoch
 */
record Evidence(
    Thing thing, Collection<List<Attempt>> requests, List<JsonNode> kept, List<JsonNode> heard) {

  /**
   * A request that was granted.
   *
   * @param fromMs when it was first sent: it had no effect before
   * @param byMs when its sender was first told: it had an effect by then
   */
  record Granted(String viewer, long fromMs, long byMs, JsonNode answer, List<Attempt> attempts) {
    History.Ask ask() {
      return (History.Ask) attempts.get(0).act();
    }

    private static Granted of(List<Attempt> attempts) {
      Attempt first =
          attempts.stream().filter(attempt -> attempt.end() == End.OK).findFirst().orElseThrow();
      return new Granted(
          first.sender(),
          attempts.stream().mapToLong(Attempt::invokedMs).min().orElseThrow(),
          attempts.stream()
              .filter(attempt -> attempt.end() == End.OK)
              .mapToLong(Attempt::endedMs)
              .min()
              .orElseThrow(),
          JsonMapper.shared().readTree(first.answer()),
          attempts);
    }
  }

  List<Granted> granted() {
    return requests.stream()
        .filter(attempts -> attempts.stream().anyMatch(attempt -> attempt.end() == End.OK))
        .map(Granted::of)
        .toList();
  }

  /** Attempts that were refused with this code, also of requests that were granted once more. */
  List<Attempt> refused(String code) {
    return requests.stream()
        .flatMap(List::stream)
        .filter(attempt -> attempt.end() == End.REFUSED && attempt.answer().equals(code))
        .toList();
  }

  /** How it stands. */
  JsonNode stands() {
    return thing.stands().get(0);
  }

  /** The kept events of this name, which is without the kind's. */
  List<JsonNode> kept(String what) {
    return named(kept, what);
  }

  /** All events of this name that anybody was told. */
  List<JsonNode> heard(String what) {
    return named(heard, what);
  }

  private List<JsonNode> named(List<JsonNode> events, String what) {
    String type = thing.kind() + '.' + what;
    return events.stream().filter(event -> event.path("type").asString("").equals(type)).toList();
  }
}
