package barrage.gateway;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Where one connection stands in the audience of its room: it follows the broadcasts, or lags
 * behind them, or is outside. Confined to the connection's loop, but for {@link #isMember}.
 */
final class Seat {
  private final Connection connection;

  /** Whether the audience counts it. The room's loop alone. */
  boolean isMember;

  /** Its place among the followers of its loop; the audience's to change. */
  int place;

  private SocketAudience.@Nullable Row row;
  private Stance stance = Stance.OUTSIDE;
  private long toldSeq;
  private boolean resuming;

  /** Whether the room was told that more can be read, and has not answered yet. */
  private boolean asked;

  private enum Stance {
    OUTSIDE,
    FOLLOWS,
    LAGS,
    GONE
  }

  Seat(Connection connection) {
    this.connection = connection;
  }

  Connection connection() {
    return connection;
  }

  void follow(SocketAudience.Row inRow, ByteBuf welcome) {
    connection.write(welcome);
    if (stance != Stance.GONE) {
      row = inRow;
      follows(inRow);
    }
  }

  void followFrom(SocketAudience.Row inRow, ByteBuf welcome, long seq, boolean owedAll) {
    connection.write(welcome);
    if (stance != Stance.GONE) {
      row = inRow;
      lagsFrom(inRow, seq, owedAll);
    }
  }

  void catchUp(ByteBuf frame, long lastSeq, boolean caughtUp) {
    SocketAudience.Row current = row;
    if (current == null || stance != Stance.LAGS || !asked) {
      frame.release(); // an answer to someone who left, or was greeted anew
      return;
    }
    connection.write(frame);
    if (caughtUp) {
      follows(current);
    } else {
      lagsFrom(current, lastSeq, resuming);
    }
  }

  /** A broadcast was not written: the socket takes no more. */
  void fallBehind(long seq) {
    SocketAudience.Row current = row;
    if (current != null && stance == Stance.FOLLOWS) {
      lagsFrom(current, seq, false);
    }
  }

  /** The socket takes more again. */
  void onWritable() {
    if (stance == Stance.LAGS && !asked) {
      askLater();
    }
  }

  void pause() {
    if (stance != Stance.GONE) {
      stepOut(Stance.OUTSIDE);
    }
  }

  void leave() {
    stepOut(Stance.GONE);
  }

  private void stepOut(Stance to) {
    if (stance == Stance.LAGS && row != null) {
      row.lagging(-1);
    }
    outOfRow();
    stance = to;
  }

  private void follows(SocketAudience.Row current) {
    if (stance == Stance.LAGS) {
      current.lagging(-1);
    }
    if (stance != Stance.FOLLOWS) {
      stance = Stance.FOLLOWS;
      current.add(this);
    }
    asked = false;
  }

  private void lagsFrom(SocketAudience.Row current, long seq, boolean owedAll) {
    outOfRow();
    if (stance != Stance.LAGS) {
      stance = Stance.LAGS;
      current.lagging(+1);
    }
    toldSeq = seq;
    resuming = owedAll;
    asked = false;
    askLater();
  }

  private void outOfRow() {
    if (stance == Stance.FOLLOWS && row != null) {
      row.remove(this);
    }
  }

  /** Behind the flush of what was just written, which shows whether the socket takes more. */
  private void askLater() {
    connection.loop().later(this::ask);
  }

  private void ask() {
    if (stance == Stance.LAGS && !asked && row != null && connection.isWritable()) {
      asked = true;
      row.room().onCanRead(connection, toldSeq, resuming);
    }
  }
}
