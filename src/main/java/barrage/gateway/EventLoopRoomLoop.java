package barrage.gateway;

import barrage.room.RoomLoop;
import io.netty.channel.EventLoop;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** An event loop as the owner of rooms. */
final class EventLoopRoomLoop implements RoomLoop {
  private final EventLoop eventLoop;
  private final LongSupplier nowMs;

  EventLoopRoomLoop(EventLoop eventLoop, LongSupplier nowMs) {
    this.eventLoop = eventLoop;
    this.nowMs = nowMs;
  }

  @Override
  public void execute(Runnable task) {
    eventLoop.execute(task);
  }

  @Override
  public Timer schedule(Runnable task, long delayMs) {
    Future<?> scheduled = eventLoop.schedule(task, delayMs, TimeUnit.MILLISECONDS);
    return () -> scheduled.cancel(false);
  }

  @Override
  public boolean inLoop() {
    return eventLoop.inEventLoop();
  }

  @Override
  public long nowMs() {
    return nowMs.getAsLong();
  }
}
