package barrage.core;

import java.util.List;
import java.util.Optional;

/** What a viewer does and the rules judge before anything is stored. */
public sealed interface Action {
  /** Which kind of action it is. */
  Kind kind();

  /**
   * A kind of action, as rules name it.
   *
   * @param wire the name in configuration; of an {@link Ask} the type of its message
   */
  record Kind(String wire) {
    public static final Kind DANMAKU = new Kind("danmaku");
    public static final Kind LIKE = new Kind("like");
    public static final Kind BUY = new Kind("buy");
    public static final Kind ENTER = new Kind("enter");
    public static final Kind CANCEL = new Kind("cancel");

    /** What rules say of an {@link Ask} whose own type they do not name. */
    public static final Kind ANY_ASK = new Kind("ask");

    private static final List<Kind> NAMED = List.of(DANMAKU, LIKE, BUY, ENTER, CANCEL, ANY_ASK);

    /** The kind of this name: one of those above, or the type of an activity's message. */
    public static Optional<Kind> fromWire(String name) {
      for (Kind kind : NAMED) {
        if (kind.wire.equals(name)) {
          return Optional.of(kind);
        }
      }
      Kind type = new Kind(name);
      boolean isType =
          type.isOfActivity() && name.chars().allMatch(c -> c == '.' || (c >= 'a' && c <= 'z'));
      return isType ? Optional.of(type) : Optional.empty();
    }

    /** Whether it is the type of an activity's message. */
    public boolean isOfActivity() {
      return wire.indexOf('.') > 0;
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

  /**
   * Asks for something of an activity: votes, opens, claims.
   *
   * @param kind the type of the message
   */
  record Ask(String id, Kind kind, Request request) implements Action {}

  /** What is asked of an activity, well formed. */
  interface Request {
    /**
     * What the store is to decide, under this key and for this viewer.
     *
     * @param names what viewers are called in what is published for good
     */
    Entry entry(RequestKey key, Viewer viewer, Pseudonyms names);
  }
}
