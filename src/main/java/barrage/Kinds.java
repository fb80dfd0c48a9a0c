package barrage;

import barrage.activity.Activities;
import barrage.activity.ballot.Ballots;
import barrage.activity.packet.Packets;
import java.util.List;

/** The kinds of interaction that this server carries: the one list that names them. */
public final class Kinds {
  /** All of them, one that another needs before it. */
  public static final Activities ALL = new Activities(List.of(new Ballots(), new Packets()));

  private Kinds() {}
}
