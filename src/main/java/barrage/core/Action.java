package barrage.core;

/** What a viewer does and the rules judge before anything is stored. */
public sealed interface Action {

  /**
   * Says something.
   *
   * @param id the request's id: the same text under the same id is a repeat, not a duplicate
   */
  record Say(String id, Danmaku danmaku) implements Action {}

  /** Taps the like button. */
  record Like() implements Action {}
}
