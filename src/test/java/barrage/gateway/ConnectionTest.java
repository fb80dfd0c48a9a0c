package barrage.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Limits;
import barrage.core.Role;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.wire.ClientMessages;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A connection without a socket, whose timers are stepped. */
final class ConnectionTest {
  private static final Viewer ANN = new Viewer(new ViewerId("ann"), "ann", Role.VIEWER);

  /** What is written to it stays with it, and is too much already. */
  private static final class FullChannel extends EmbeddedChannel {
    FullChannel() {
      super(
          new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
              ReferenceCountUtil.release(message);
            }
          });
    }

    @Override
    public boolean isWritable() {
      return false;
    }

    @Override
    public long bytesBeforeWritable() {
      return 2 << 20;
    }
  }

  @Test
  void anAnswerThatIsTooMuch_endsItsRequestOnce() {
    Address address = new Address(1L, () -> {});
    assertTrue(address.begin(2), "of another connection");
    EmbeddedChannel channel = new FullChannel();
    address.putOn(channel);
    RecordingRoom room = new RecordingRoom(TestGateway.ROOM);
    Connection.Shared shared =
        new Connection.Shared(
            GatewayConfig.at("127.0.0.1", 0, () -> Limits.DEFAULT).build(),
            new GatewayMetrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)),
            ClientMessages.Types.NONE,
            "node",
            () -> 0);
    Loop loop = new Loop(channel.eventLoop(), 0, () -> 0);
    channel
        .pipeline()
        .addLast(new Connection(channel, loop, shared, room, null, ANN, 1, Long.MAX_VALUE, false));
    channel.writeInbound(new TextWebSocketFrame("{\"type\":\"me\",\"id\":\"a\"}"));
    room.asking.get(0).answer("{}".getBytes(UTF_8));
    assertTrue(room.left.contains(room.asking.get(0)), "closed as too slow");
    channel.advanceTimeBy(1, TimeUnit.MINUTES);
    channel.runScheduledPendingTasks();
    assertFalse(address.begin(1), "the other connection waits still");
    channel.finishAndReleaseAll();
  }
}
