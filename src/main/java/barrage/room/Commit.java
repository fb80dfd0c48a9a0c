package barrage.room;

import barrage.core.RoomSettings;
import barrage.core.ViewerId;
import java.util.List;

/**
 * What one atomic step of the store did to a room: everything a room needs in order to know what
 * the store knows.
 *
 * @param revision one more than that of the commit before it
 * @param atMs the store's clock
 * @param seq the number of the newest numbered event after it
 * @param events numbered without a gap up to {@code seq}
 * @param notices what changed beside them
 */
public record Commit(
    long epoch, long revision, long atMs, long seq, List<Numbered> events, List<Notice> notices) {

  /** A change that is not part of the room's history. */
  public sealed interface Notice {
    /** Has itself heard; {@code of} is the commit it belongs to. */
    void tell(Hearer hearer, Commit of);
  }

  /** Hears notices, each sort by a method of its own, so that none is forgotten. */
  public interface Hearer {
    void on(Likes likes, Commit of);

    void on(Online online, Commit of);

    void on(Awarded awarded, Commit of);

    void on(MutedUntil muted, Commit of);

    void on(Changed changed, Commit of);

    void on(Boosted boosted, Commit of);

    void on(Deleted deleted, Commit of);

    void on(ToViewer message, Commit of);

    void on(OrderChanged changed, Commit of);

    void on(Stock stock, Commit of);

    void on(SaleChanged changed, Commit of);

    void on(LotteryChanged changed, Commit of);

    void on(OfActivity activity, Commit of);
  }

  /** All likes of the room. */
  public record Likes(long total) implements Notice {
    @Override
    public void tell(Hearer hearer, Commit of) {
      hearer.on(this, of);
    }
  }

  /** All connections to the room on all nodes. */
  public record Online(long count) implements Notice {
    @Override
    public void tell(Hearer hearer, Commit of) {
      hearer.on(this, of);
    }
  }

  /**
   * A viewer's balance changed.
   *
   * @param reason as in the ledger
   */
  public record Awarded(ViewerId viewer, long delta, long points, long growth, String reason)
      implements Notice {
    @Override
    public void tell(Hearer hearer, Commit of) {
      hearer.on(this, of);
    }
  }

  /** A viewer was muted, or may speak again (0). */
  public record MutedUntil(ViewerId viewer, long untilMs) implements Notice {
    @Override
    public void tell(Hearer hearer, Commit of) {
      hearer.on(this, of);
    }
  }

  /** The room's settings are now these. A numbered event says so too. */
  public record Changed(RoomSettings settings) implements Notice {
    @Override
    public void tell(Hearer hearer, Commit of) {
      hearer.on(this, of);
    }
  }

  /**
   * Points are multiplied by {@code factor} hundredths. Rooms need not know: the store multiplies.
   */
  public record Boosted(int factor, long untilMs) implements Notice {
    @Override
    public void tell(Hearer hearer, Commit of) {
      hearer.on(this, of);
    }
  }

  /** The danmaku of this number has lost its text. A numbered event says so too. */
  public record Deleted(long seq) implements Notice {
    @Override
    public void tell(Hearer hearer, Commit of) {
      hearer.on(this, of);
    }
  }

  /** A message for all connections of one viewer, one JSON object in UTF-8. */
  public record ToViewer(ViewerId viewer, byte[] json) implements Notice {
    @Override
    public void tell(Hearer hearer, Commit of) {
      hearer.on(this, of);
    }
  }

  /**
   * An order was made or changed.
   *
   * @param requestId of the request that did so, empty when none of the viewer's did: the
   *     connection that sent it learns of it by its answer
   * @param json {@code {"type":"order","order":{…}}}
   * @param given whether it is new: from now on the viewer is one who was given an order in this
   *     sale
   */
  public record OrderChanged(
      ViewerId viewer, String sale, String requestId, boolean given, byte[] json)
      implements Notice {
    @Override
    public void tell(Hearer hearer, Commit of) {
      hearer.on(this, of);
    }
  }

  /**
   * What is left of a sale.
   *
   * @param available units, held ones included
   * @param heldForTier units that only members may take for now
   */
  public record Stock(String sale, long available, long heldForTier) implements Notice {
    @Override
    public void tell(Hearer hearer, Commit of) {
      hearer.on(this, of);
    }
  }

  /**
   * A sale was put on, opened, or ended; a numbered event says so too.
   *
   * @param json as {@link Store#sale}
   */
  public record SaleChanged(String sale, byte[] json) implements Notice {
    @Override
    public void tell(Hearer hearer, Commit of) {
      hearer.on(this, of);
    }
  }

  /**
   * A lottery was opened, locked, drawn or cancelled; a numbered event says so too.
   *
   * @param json as {@link Store#lottery}
   */
  public record LotteryChanged(String lottery, byte[] json) implements Notice {
    @Override
    public void tell(Hearer hearer, Commit of) {
      hearer.on(this, of);
    }
  }

  /** What the store says of a thing of an activity, for its book and those who watch. */
  public record OfActivity(barrage.activity.Notice notice) implements Notice {
    @Override
    public void tell(Hearer hearer, Commit of) {
      hearer.on(this, of);
    }
  }
}
