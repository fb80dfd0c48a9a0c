package barrage.core;

/** A part of something, exact: ⅔ has no end in decimals. */
public record Ratio(long over, long under) {
  /**
   * The ratio.
   *
   * @throws IllegalArgumentException unless {@code over} is from 0 and {@code under} above it
   */
  public Ratio {
    if (over < 0 || under <= 0) {
      throw new IllegalArgumentException("not a ratio");
    }
  }

  /** This part of {@code whole}, rounded down. */
  public long of(long whole) {
    return whole * over / under;
  }
}
