package barrage.rules;

/** What a viewer did lately in a room, as far as rules need it. Immutable. */
public record Recent() {
  /** Of a viewer who has done nothing yet. */
  public static final Recent NOTHING = new Recent();
}
