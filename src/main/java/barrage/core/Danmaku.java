package barrage.core;

import java.util.Locale;
import java.util.Optional;

/**
 * What a viewer says over the picture (弹幕).
 *
 * @param text exactly as typed; whether it may be said is the rules' business
 * @param color 0xRRGGBB
 */
public record Danmaku(String text, Mode mode, int color) {
  /** White. */
  public static final int DEFAULT_COLOR = 0xffffff;

  /** How it crosses the picture. */
  public enum Mode {
    SCROLL,
    TOP,
    BOTTOM;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** The name in the protocol. */
    public String wire() {
      return wire;
    }

    /** The mode with this protocol name. */
    public static Optional<Mode> fromWire(String name) {
      for (Mode mode : values()) {
        if (mode.wire.equals(name)) {
          return Optional.of(mode);
        }
      }
      return Optional.empty();
    }
  }
}
