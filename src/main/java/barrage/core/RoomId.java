package barrage.core;

/** The id of a room. One that exists is well formed. */
public record RoomId(String value) {
  /**
   * @throws IllegalArgumentException when {@code value} is not 1 to 64 of {@code [A-Za-z0-9_.:-]}
   */
  public RoomId {
    Ids.check(value, "room id");
  }

  /** Whether {@code value} could be a room's id. */
  public static boolean isValid(String value) {
    return Ids.isValid(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
