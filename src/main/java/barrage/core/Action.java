package barrage.core;

import java.util.Locale;
import java.util.Optional;

/** What a viewer does and the rules judge before anything is stored. */
public sealed interface Action {
  /** Which kind of action it is. */
  Kind kind();

  /** The kinds of actions, as rules name them. */
  enum Kind {
    DANMAKU,
    LIKE,
    BUY,
    ENTER,
    CANCEL;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** The name in the protocol and in configuration. */
    public String wire() {
      return wire;
    }

    /** The kind of this name. */
    public static Optional<Kind> fromWire(String name) {
      for (Kind kind : values()) {
        if (kind.wire.equals(name)) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * Says something.
   *
   * @param id the request's id: the same text under the same id is a repeat, not a duplicate
   */
  record Say(String id, Danmaku danmaku) implements Action {
    @Override
    public Kind kind() {
      return Kind.DANMAKU;
    }
  }

  /** Taps the like button. */
  record Like() implements Action {
    @Override
    public Kind kind() {
      return Kind.LIKE;
    }
  }

  /** Clicks on a sale. */
  record Buy(String id, String sale, int quantity) implements Action {
    @Override
    public Kind kind() {
      return Kind.BUY;
    }
  }

  /** Enters a lottery. */
  record Enter(String id, String lottery) implements Action {
    @Override
    public Kind kind() {
      return Kind.ENTER;
    }
  }

  /** Gives an order back. */
  record Cancel(String id, String order) implements Action {
    @Override
    public Kind kind() {
      return Kind.CANCEL;
    }
  }
}
