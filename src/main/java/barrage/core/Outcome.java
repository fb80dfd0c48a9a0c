package barrage.core;

import java.util.List;
import java.util.Map;
import java.util.Set;

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
   * @param orders to one who joins, their newest {@link #ORDERS}, newest first; else empty
   * @param entered to one who joins, the open or locked lotteries they are in; else empty
   * @param mine to one who joins, what is theirs of the things of activities that are active, by
   *     kind and id with a space between them, each one JSON object in UTF-8; else empty
   */
  record Stands(
      String name,
      Role role,
      Standing standing,
      List<Order> orders,
      Set<String> entered,
      Map<String, byte[]> mine)
      implements Outcome {
    /** How many orders one who joins is told of. */
    public static final int ORDERS = 20;

    /** Of a viewer in a room that never was. */
    public static Stands unknown(ViewerId viewer) {
      return new Stands(Viewer.nameOf(viewer), Role.VIEWER, Standing.NEWCOMER);
    }

    /** To one who does not join. */
    public Stands(String name, Role role, Standing standing) {
      this(name, role, standing, List.of(), Set.of(), Map.of());
    }

    public Stands {
      orders = List.copyOf(orders);
      entered = Set.copyOf(entered);
      mine = Map.copyOf(mine);
    }
  }

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

  /**
   * A sale is on.
   *
   * @param json the {@code sale} of the protocol, one JSON object in UTF-8
   */
  record Sale(byte[] json) implements Outcome {}

  /** An order as it is now. */
  record Ordered(Order order) implements Outcome {}

  /**
   * A lottery as it is now.
   *
   * @param json the {@code lottery} of the protocol, one JSON object in UTF-8
   */
  record Lottery(byte[] json) implements Outcome {}

  /**
   * A viewer is in a lottery.
   *
   * @param entries how many are in it
   */
  record Entered(int weight, long entries) implements Outcome {}

  /**
   * What an activity's module of the store answered.
   *
   * @param json one JSON object in UTF-8: the thing that was made or changed, or what {@code ok}
   *     carries
   */
  record Told(byte[] json) implements Outcome {}

  /** Refused; nothing happened. */
  record Refused(Refusal refusal) implements Outcome {
    /** With the reason's own text. */
    public static Refused of(Reason reason) {
      return new Refused(Refusal.of(reason));
    }
  }
}
