package barrage.core;

/** The id of a viewer, the same in every room. One that exists is well formed. */
public record ViewerId(String value) {
  /**
   * @throws IllegalArgumentException when {@code value} is not 1 to 64 of {@code [A-Za-z0-9_.:-]}
   */
  public ViewerId {
    Ids.check(value, "viewer id");
  }

  /** Whether {@code value} could be a viewer's id. */
  public static boolean isValid(String value) {
    return Ids.isValid(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
