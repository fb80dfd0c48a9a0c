package barrage.rules;

import barrage.core.Action;
import barrage.core.Limits;
import barrage.core.Terms;

/** The rules in force at one instant: what {@code config/rules.yaml} says. Immutable. */
@SuppressWarnings("DoNotCallSuggester")
public final class RuleBook {
  /** What viewers earn. */
  public Terms terms() {
    throw new UnsupportedOperationException();
  }

  /** What connections may. */
  public Limits limits() {
    throw new UnsupportedOperationException();
  }

  /** Runs the pipeline over one action: every rule in order, until one refuses. */
  public Decision decide(Action action, Scene scene) {
    throw new UnsupportedOperationException();
  }
}
