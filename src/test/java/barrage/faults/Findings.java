package barrage.faults;

import barrage.faults.History.Attempt;
import java.util.List;

/** Is told what must not be. */
interface Findings {
  /**
   * @param led the attempts that led to it
   */
  void found(String what, List<Attempt> led);

  default void found(String what) {
    found(what, List.of());
  }
}
