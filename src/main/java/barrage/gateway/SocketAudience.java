package barrage.gateway;

import barrage.room.Audience;
import barrage.room.Session;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sockets that watch one room, in rows: one for each event loop that carries some of them.
 *
 * <p>A broadcast is framed once. Each row gets one task with a reference to the bytes; it writes
 * them to each of its followers and flushes each once, so no lock is taken and nothing is copied
 * for a viewer. For those who take it compressed it is compressed once. Everything that concerns
 * one viewer is handed to the viewer's loop in the same way, and loops keep the order of one
 * caller: one who has been told all up to a number and joins the followers meets exactly the
 * broadcasts after it.
 *
 * <p>Methods are called by the room's loop; {@link Row} is confined to its own.
 */
public final class SocketAudience implements Audience {
  private final GatewayMetrics metrics;
  private final Lagging room;
  private final @Nullable Row[] rows;

  /** Members who take compressed frames. The room's loop alone. */
  private int deflating;

  /**
   * @param room hears who can take more; never from within a call of its own to this audience
   */
  public SocketAudience(EventLoops loops, GatewayMetrics metrics, Lagging room) {
    this.metrics = metrics;
    this.room = room;
    this.rows = new Row[loops.count()];
  }

  @Override
  public void broadcast(byte[] json, long firstSeq, long lastSeq) {
    metrics.broadcast();
    ByteBuf frame = Frames.text(ByteBufAllocator.DEFAULT, json);
    ByteBuf deflated = deflating > 0 ? deflated(json) : null;
    for (Row row : rows) {
      if (row != null && row.members > 0) {
        row.offer(frame.retain(), deflated == null ? null : deflated.retain(), firstSeq);
      }
    }
    frame.release();
    if (deflated != null) {
      deflated.release();
    }
  }

  private @Nullable ByteBuf deflated(byte[] json) {
    ByteBuf frame = MessageDeflate.ofThisThread().textFrame(ByteBufAllocator.DEFAULT, json);
    if (frame != null) {
      metrics.deflated(json.length, frame.readableBytes());
    }
    return frame;
  }

  @Override
  public void follow(Session session, byte[] welcome) {
    Connection connection = (Connection) session;
    Row row = seat(connection);
    connection.loop().run(() -> connection.seat().follow(row, connection.textFrame(welcome)));
  }

  @Override
  public void followFrom(Session session, byte[] welcome, long seq, boolean resuming) {
    Connection connection = (Connection) session;
    Row row = seat(connection);
    connection
        .loop()
        .run(() -> connection.seat().followFrom(row, connection.textFrame(welcome), seq, resuming));
  }

  @Override
  public void catchUp(Session session, byte[] json, long lastSeq, boolean caughtUp) {
    Connection connection = (Connection) session;
    connection
        .loop()
        .run(() -> connection.seat().catchUp(connection.textFrame(json), lastSeq, caughtUp));
  }

  @Override
  public void pause(Session session) {
    Connection connection = (Connection) session;
    connection.loop().run(connection.seat()::pause);
  }

  @Override
  public void leave(Session session) {
    Connection connection = (Connection) session;
    Seat seat = connection.seat();
    if (seat.isMember) {
      seat.isMember = false;
      Row row = rows[connection.loop().index()];
      if (row != null) {
        row.members--;
      }
      deflating -= connection.deflates() ? 1 : 0;
    }
    connection.loop().run(seat::leave);
  }

  private Row seat(Connection connection) {
    Loop loop = connection.loop();
    Row row = rows[loop.index()];
    if (row == null) {
      row = new Row(loop);
      rows[loop.index()] = row;
    }
    Seat seat = connection.seat();
    if (!seat.isMember) {
      seat.isMember = true;
      row.members++;
      deflating += connection.deflates() ? 1 : 0;
    }
    return row;
  }

  /** Those whom one event loop carries. */
  final class Row {
    private final Loop loop;

    /** Followers and laggards, so that a row without any costs no task. The room's loop alone. */
    private int members;

    private Seat[] followers = new Seat[4];
    private int count;

    private Row(Loop loop) {
      this.loop = loop;
    }

    Lagging room() {
      return room;
    }

    void lagging(int change) {
      metrics.lagging(change);
    }

    private void offer(ByteBuf frame, @Nullable ByteBuf deflated, long firstSeq) {
      if (!loop.run(() -> broadcast(frame, deflated, firstSeq))) {
        release(frame, deflated);
      }
    }

    private void broadcast(ByteBuf frame, @Nullable ByteBuf deflated, long firstSeq) {
      SharedFrame plain = SharedFrame.of(frame);
      SharedFrame compressed = deflated == null ? plain : SharedFrame.of(deflated);
      int delivered = 0;
      // From the end: who falls behind, or turns out to be gone, changes places with the last.
      for (int i = count - 1; i >= 0; i--) {
        Connection viewer = followers[i].connection();
        SharedFrame shared = viewer.deflates() ? compressed : plain;
        if (viewer.sendDirectly(shared)) {
          delivered++;
        } else if (viewer.canTakeMore()) {
          viewer.send(shared);
          delivered++;
        } else {
          followers[i].fallBehind(firstSeq - 1);
        }
      }
      release(frame, deflated);
      metrics.delivered(delivered);
    }

    private static void release(ByteBuf frame, @Nullable ByteBuf deflated) {
      frame.release();
      if (deflated != null) {
        deflated.release();
      }
    }

    void add(Seat seat) {
      if (count == followers.length) {
        followers = Arrays.copyOf(followers, 2 * count);
      }
      seat.place = count;
      followers[count++] = seat;
    }

    @SuppressWarnings("NullAway") // beyond count the array holds nothing
    void remove(Seat seat) {
      Seat last = followers[--count];
      followers[seat.place] = last;
      last.place = seat.place;
      followers[count] = null;
    }
  }
}
