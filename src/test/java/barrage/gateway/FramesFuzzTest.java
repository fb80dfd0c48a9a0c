package barrage.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Whatever a client sends, compressed or not: it is messages of the right length and text, and at
 * most one end; and it is the same in one piece and byte by byte.
 */
final class FramesFuzzTest {
  private static final int LIMIT = 4096;

  @FuzzTest(maxDuration = "10m")
  void anyBytes_areMessagesAndAtMostOneEnd(byte[] bytes) {
    for (boolean deflates : new boolean[] {false, true}) {
      assertEquals(heard(bytes, bytes.length, deflates), heard(bytes, 1, deflates));
    }
  }

  private static List<String> heard(byte[] bytes, int atOnce, boolean deflates) {
    EmbeddedChannel channel = new Wire();
    Listener listener = new Listener(channel, deflates);
    channel.pipeline().addLast(new FrameDecoder(LIMIT, deflates)).addLast(listener);
    for (int at = 0; at < bytes.length && channel.isOpen(); at += atOnce) {
      channel.writeInbound(Unpooled.copiedBuffer(bytes, at, Math.min(atOnce, bytes.length - at)));
    }
    channel.finishAndReleaseAll();
    return listener.heard;
  }

  /** One whose ends can be closed one by one, as those of a socket. */
  private static final class Wire extends EmbeddedChannel implements DuplexChannel {
    @Override
    public boolean isInputShutdown() {
      return !isOpen();
    }

    @Override
    public boolean isOutputShutdown() {
      return !isOpen();
    }

    @Override
    public boolean isShutdown() {
      return !isOpen();
    }

    @Override
    public ChannelFuture shutdownInput() {
      return newSucceededFuture();
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
      return promise.setSuccess();
    }

    @Override
    public ChannelFuture shutdownOutput() {
      return newSucceededFuture();
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
      return promise.setSuccess();
    }

    @Override
    public ChannelFuture shutdown() {
      return newSucceededFuture();
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
      return promise.setSuccess();
    }
  }

  private static final class Listener extends WebSocketHandler {
    private final List<String> heard = new ArrayList<>();

    Listener(Channel channel, boolean deflates) {
      super(channel, new Loop(channel.eventLoop(), 0, () -> 0), LIMIT, 5_000, deflates);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (!(cause instanceof CorruptedWebSocketFrameException)) {
        throw new AssertionError("a fault", cause);
      }
      super.exceptionCaught(ctx, cause);
    }

    @Override
    void onText(ByteBuf payload) {
      ByteBuffer text = payload.nioBuffer();
      try {
        assertTrue(StandardCharsets.UTF_8.newDecoder().decode(text).length() <= LIMIT);
      } catch (CharacterCodingException e) {
        throw new AssertionError("not UTF-8", e);
      }
      onBinary(payload);
    }

    @Override
    void onBinary(ByteBuf payload) {
      assertTrue(payload.readableBytes() <= LIMIT);
      assertTrue(!isClosing());
      heard.add(HexFormat.of().formatHex(ByteBufUtil.getBytes(payload)));
    }

    @Override
    void onClosing(int code) {
      assertTrue(code == 0 || code == 1002 || code == 1007 || code == 1009, "closed with " + code);
      heard.add("closed with " + code);
    }

    @Override
    void onOpen() {}

    @Override
    void onFrame() {}

    @Override
    void onDeflated(int bytes) {}

    @Override
    void onWritable(boolean writable) {}

    @Override
    void onSweep(long nowMs) {}
  }
}
