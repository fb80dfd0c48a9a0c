package barrage.gateway;

import barrage.core.RoomId;
import barrage.room.RoomLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The threads of a node: each carries some connections and is the one owner of some rooms. */
public final class EventLoops implements AutoCloseable {
  private static final long SWEEP_EVERY_MS = 1_000;

  private final EventLoopGroup group;
  private final Transport transport;
  private final Loop[] loops;
  private final RoomLoop[] roomLoops;
  private final IdentityHashMap<EventLoop, Loop> byEventLoop = new IdentityHashMap<>();

  /** How bytes get in and out. */
  public enum Transport {
    EPOLL(EpollServerSocketChannel.class),
    IO_URING(IoUringServerSocketChannel.class),
    NIO(NioServerSocketChannel.class);

    private final Class<? extends ServerSocketChannel> serverChannel;

    Transport(Class<? extends ServerSocketChannel> serverChannel) {
      this.serverChannel = serverChannel;
    }

    /** epoll where there is one, else NIO. */
    public static Transport best() {
      return Epoll.isAvailable() ? EPOLL : NIO;
    }

    /** Whether this machine has it. */
    public boolean isAvailable() {
      return switch (this) {
        case EPOLL -> Epoll.isAvailable();
        case IO_URING -> IoUring.isAvailable();
        case NIO -> true;
      };
    }

    private IoHandlerFactory handlers() {
      return switch (this) {
        case EPOLL -> EpollIoHandler.newFactory();
        case IO_URING -> IoUringIoHandler.newFactory();
        case NIO -> NioIoHandler.newFactory();
      };
    }
  }

  /**
   * Starts the threads.
   *
   * @param threads 0 for one a core
   * @throws IllegalArgumentException when this machine lacks the transport
   */
  public static EventLoops start(Transport transport, int threads) {
    return new EventLoops(
        transport, threads, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
  }

  EventLoops(Transport transport, int threads, LongSupplier nowMs) {
    if (!transport.isAvailable()) {
      throw new IllegalArgumentException(transport + " is not available on this machine");
    }
    this.transport = transport;
    int count = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    group =
        new MultiThreadIoEventLoopGroup(
            count, new DefaultThreadFactory("barrage-loop"), transport.handlers());
    loops = new Loop[count];
    roomLoops = new RoomLoop[count];
    int next = 0;
    for (EventExecutor each : group) {
      EventLoop eventLoop = (EventLoop) each;
      Loop loop = new Loop(eventLoop, next, nowMs);
      loops[next] = loop;
      roomLoops[next++] = new EventLoopRoomLoop(eventLoop, nowMs);
      byEventLoop.put(eventLoop, loop);
      var unused =
          eventLoop.scheduleAtFixedRate(
              loop::sweep, SWEEP_EVERY_MS, SWEEP_EVERY_MS, TimeUnit.MILLISECONDS);
    }
  }

  /** The loop that owns this room. Always the same one. */
  public RoomLoop roomLoop(RoomId room) {
    int hash = room.hashCode();
    return roomLoops[Math.floorMod(hash ^ hash >>> 16, roomLoops.length)];
  }

  EventLoopGroup group() {
    return group;
  }

  Class<? extends ServerSocketChannel> serverChannel() {
    return transport.serverChannel;
  }

  Iterable<Loop> all() {
    return List.of(loops);
  }

  int count() {
    return loops.length;
  }

  Loop of(EventLoop eventLoop) {
    Loop loop = byEventLoop.get(eventLoop);
    if (loop == null) {
      throw new IllegalArgumentException("a loop of another group");
    }
    return loop;
  }

  /** Stops the threads, at once and with whatever they still have to do. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 2_000, TimeUnit.MILLISECONDS).awaitUninterruptibly(3_000);
  }
}
