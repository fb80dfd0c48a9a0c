package barrage.faults;

import barrage.Kinds;
import barrage.activity.ProofKind;
import barrage.faults.Evidence.Granted;
import barrage.faults.History.Attempt;
import barrage.faults.History.Thing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Says what cannot be about a thing, of whatever kind; then its {@link KindModel} goes on. */
final class ThingsChecker {
  private final Evidence evidence;
  private final Thing thing;
  private final KindModel model;
  private final Findings found;

  private ThingsChecker(Evidence evidence, Findings found) {
    this.evidence = evidence;
    this.thing = evidence.thing();
    this.model = KindModel.of(thing.kind());
    this.found =
        (what, led) -> found.found("%s %s: %s".formatted(thing.kind(), thing.id(), what), led);
  }

  static void check(Evidence evidence, Findings found) {
    ThingsChecker checker = new ThingsChecker(evidence, found);
    checker.checkNodes();
    if (checker.isOver()) {
      checker.checkEnd();
      checker.checkProof();
      checker.checkRefusals();
      checker.model.check(evidence, checker.found);
    }
  }

  private void checkNodes() {
    List<JsonNode> others =
        Stream.concat(
                thing.stands().stream().filter(stands -> !stands.equals(evidence.stands())),
                thing.views().stream().filter(view -> !isShownAs(view)))
            .toList();
    if (!others.isEmpty()) {
      found.found("nodes tell it in two ways: " + evidence.stands() + " and " + others);
    }
  }

  /** Staff, who asked how it stands, may be told more than all. */
  private boolean isShownAs(JsonNode view) {
    return view.isObject()
        && view.properties().stream()
            .allMatch(
                field ->
                    field.getKey().equals("kind")
                        || field.getValue().equals(evidence.stands().path(field.getKey())));
  }

  private boolean isOver() {
    boolean over = model.isOver(evidence.stands());
    if (!over) {
      found.found("never came to an end: " + evidence.stands());
    }
    return over;
  }

  private void checkEnd() {
    boolean cancelled = evidence.stands().path("state").asString("").equals("cancelled");
    if (cancelled && !thing.isCancelled()) {
      found.found("nobody was granted this: it is cancelled");
    } else if (!cancelled && thing.isCancelled()) {
      found.found("acknowledged and not there: it was cancelled");
    }
    long ends = model.ends().stream().mapToLong(what -> evidence.kept(what).size()).sum();
    if (ends != 1) {
      found.found("its end was told %d times".formatted(ends));
    }
    int opened = evidence.kept("opened").size();
    if (opened > 1 || opened == 0 && !cancelled) {
      found.found("its opening was told %d times".formatted(opened));
    }
  }

  /** As {@code verify} does. */
  private void checkProof() {
    if (thing.proof() == null) {
      if (!thing.isCancelled()) {
        found.found("it has no proof");
      }
      return;
    }
    Optional<ProofKind> kind = Kinds.ALL.proofOf(thing.proof());
    if (kind.isEmpty()) {
      found.found("its proof is of no kind: " + thing.proof());
    } else {
      kind.get()
          .check(thing.proof(), Map.of())
          .fault()
          .ifPresent(fault -> found.found("its proof does not hold: " + fault));
    }
  }

  private void checkRefusals() {
    List<Granted> granted = evidence.granted();
    for (Attempt refused : evidence.refused("not_found")) {
      found.found("refused as if it were not there", List.of(refused));
    }
    for (Attempt refused : evidence.refused("already_entered")) {
      if (granted.stream().noneMatch(each -> isAnotherOf(refused, each))) {
        found.found("refused for what nobody was granted", List.of(refused));
      }
    }
    long overMs =
        Stream.of("ended", "sold_out")
            .flatMap(code -> evidence.refused(code).stream())
            .mapToLong(Attempt::endedMs)
            .min()
            .orElse(Long.MAX_VALUE);
    for (Granted late : granted) {
      if (late.fromMs() > overMs) {
        found.found("granted when others were told that it is over", late.attempts());
      }
    }
  }

  /** Whether this is another request of the same viewer, and may have been granted before. */
  private static boolean isAnotherOf(Attempt refused, Granted granted) {
    return granted.viewer().equals(refused.sender())
        && granted.fromMs() <= refused.endedMs()
        && !granted.attempts().get(0).id().equals(refused.id());
  }
}
