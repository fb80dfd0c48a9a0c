package barrage.core;

/** What came of an {@link Entry}, as the store decided it. */
public sealed interface Outcome {

  /** Done, and there is nothing more to say. */
  enum Done implements Outcome {
    DONE
  }

  /**
   * A danmaku is in the history.
   *
   * @param seq its number
   */
  record Said(long seq) implements Outcome {}

  /**
   * Where a viewer stands.
   *
   * @param name the name last seen with them; their id when none was
   * @param role the role last seen with them
   */
  record Stands(String name, Role role, Standing standing) implements Outcome {}

  /**
   * Points are multiplied.
   *
   * @param factor hundredths
   */
  record Boosted(int factor, long untilMs) implements Outcome {}

  /**
   * A mute was set or lifted.
   *
   * @param untilMs 0 lifted, {@link Standing#FOREVER} for good
   */
  record Muted(long untilMs) implements Outcome {}

  /** Settings as they are now. */
  record Settled(RoomSettings settings) implements Outcome {}

  /** Refused; nothing happened. */
  record Refused(Refusal refusal) implements Outcome {
    /** With the reason's own text. */
    public static Refused of(Reason reason) {
      return new Refused(Refusal.of(reason));
    }
  }
}
