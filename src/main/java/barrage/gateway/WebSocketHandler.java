package barrage.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.Socket;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RFC 6455 from whole frames upwards: joins fragments, inflates, answers pings, closes in good
 * order. What is said over it is the business of who extends it. The last handler of its pipeline,
 * and the only object of ours an idle connection keeps.
 *
 * <p>Confined to the connection's loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails ends the channel
abstract class WebSocketHandler extends ChannelInboundHandlerAdapter implements Loop.Swept {
  private static final Logger LOG = LoggerFactory.getLogger(WebSocketHandler.class);

  /**
   * What is registered between them is for servers to say, such as 1012; clients only repeat it.
   */
  private static final int LAST_CODE_OF_CLIENTS = 1011;

  private static final int FIRST_FREE_CODE = 3000;

  private final Channel channel;

  /** The socket itself, where a frame may bypass the channel. */
  private final @Nullable Socket socket;

  private final Loop loop;
  private final int maxMessageBytes;
  private final long closeGraceMs;
  private final boolean deflates;
  private @Nullable ByteBuf fragments;
  private boolean fragmentsAreText;
  private boolean fragmentsAreDeflated;
  private boolean dirty;
  private boolean closing;
  private long closeByMs;

  /** How a connection ends: who is to wait for whom. */
  enum Farewell {
    /** The client is asked to close, and the socket closed when it has answered. */
    HANDSHAKE,
    /**
     * The client cannot be relied on for an answer: it is told, and nothing more is heard of it.
     */
    ONE_SIDED
  }

  /**
   * @param maxMessageBytes the longest message, inflated
   * @param deflates whether permessage-deflate was agreed on
   */
  WebSocketHandler(
      Channel channel, Loop loop, int maxMessageBytes, long closeGraceMs, boolean deflates) {
    this.channel = channel;
    this.socket = Pipeline.socketOf(channel);
    this.loop = loop;
    this.maxMessageBytes = maxMessageBytes;
    this.closeGraceMs = closeGraceMs;
    this.deflates = deflates;
  }

  /** The upgrade is done: from now on messages come and may be sent. */
  abstract void onOpen();

  /** A frame of any kind came; called before what it holds is looked at. */
  abstract void onFrame();

  /**
   * A compressed message came; called before it is inflated, and it is not when this closes.
   *
   * @param bytes compressed
   */
  abstract void onDeflated(int bytes);

  /**
   * A text message, UTF-8.
   *
   * @param payload released after the call
   */
  abstract void onText(ByteBuf payload);

  /** A binary message. */
  abstract void onBinary(ByteBuf payload);

  /** The socket takes no more, or takes more again. */
  abstract void onWritable(boolean writable);

  /**
   * Nothing more is to be sent or heard: a close frame was sent, or the socket is gone. Called
   * once.
   *
   * @param code sent to the client; 0 when none was
   */
  abstract void onClosing(int code);

  /** The part of {@link Loop.Swept#sweep} that concerns an open connection. */
  abstract void onSweep(long nowMs);

  final Loop loop() {
    return loop;
  }

  /** Whether it may be sent compressed frames. */
  final boolean deflates() {
    return deflates;
  }

  final boolean isClosing() {
    return closing;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    loop.lookAfter(this);
    onOpen();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    WebSocketFrame frame = (WebSocketFrame) message;
    try {
      if (!closing) {
        onFrame();
      }
      if (closing) {
        if (frame instanceof CloseWebSocketFrame) {
          channel.close();
        }
        return;
      }
      if (frame instanceof TextWebSocketFrame) {
        onData(frame, true);
      } else if (frame instanceof BinaryWebSocketFrame) {
        onData(frame, false);
      } else if (frame instanceof ContinuationWebSocketFrame) {
        onContinuation(frame);
      } else if (frame instanceof PingWebSocketFrame) {
        write(Frames.pong(channel.alloc(), frame.content()));
      } else if (frame instanceof CloseWebSocketFrame close) {
        answerClose(close);
      }
    } finally {
      frame.release();
    }
  }

  /** The decoder has seen to it that no message begins within another. */
  private void onData(WebSocketFrame frame, boolean text) {
    boolean deflated = frame.rsv() != 0;
    if (frame.isFinalFragment()) {
      deliver(frame.content(), text, deflated);
    } else {
      fragmentsAreText = text;
      fragmentsAreDeflated = deflated;
      append(frame.content());
    }
  }

  private void onContinuation(WebSocketFrame frame) {
    if (append(frame.content()) && frame.isFinalFragment()) {
      ByteBuf whole = fragments;
      fragments = null;
      if (whole != null) {
        try {
          deliver(whole, fragmentsAreText, fragmentsAreDeflated);
        } finally {
          whole.release();
        }
      }
    }
  }

  private boolean append(ByteBuf part) {
    ByteBuf joined = fragments;
    if (joined == null) {
      int most =
          fragmentsAreDeflated ? MessageDeflate.maxPayloadBytes(maxMessageBytes) : maxMessageBytes;
      joined = channel.alloc().buffer(Math.min(most, 256), most);
      fragments = joined;
    }
    if (part.readableBytes() > joined.maxWritableBytes()) {
      tooLarge();
      return false;
    }
    joined.writeBytes(part);
    return true;
  }

  private void deliver(ByteBuf payload, boolean text, boolean deflated) {
    if (deflated) {
      inflate(payload, text);
    } else {
      deliver(payload, text);
    }
  }

  /** Fragments wait for each other compressed: the inflater is for all of the loop. */
  private void inflate(ByteBuf payload, boolean text) {
    onDeflated(payload.readableBytes());
    if (closing) {
      return;
    }
    ByteBuf message =
        MessageDeflate.ofThisThread().inflate(channel.alloc(), payload, maxMessageBytes, text);
    try {
      deliver(message, text);
    } finally {
      message.release();
    }
  }

  private void deliver(ByteBuf payload, boolean text) {
    if (text) {
      onText(payload);
    } else {
      onBinary(payload);
    }
  }

  private void answerClose(CloseWebSocketFrame close) {
    int code = close.statusCode();
    if (code > LAST_CODE_OF_CLIENTS && code < FIRST_FREE_CODE) {
      close(1002, "protocol error", Farewell.ONE_SIDED);
      return;
    }
    closing(0);
    closeByMs = loop.nowMs() + closeGraceMs;
    ByteBuf answer =
        code < 0 ? Frames.close(channel.alloc()) : Frames.close(channel.alloc(), code, "");
    channel.writeAndFlush(answer).addListener(written -> channel.close());
  }

  /** What the decoders throw on frames that are not of the protocol. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException corrupted) {
      int code = corrupted.closeStatus().code();
      close(code, code == 1009 ? "too large" : "protocol error", Farewell.ONE_SIDED);
    } else if (cause instanceof TooLongFrameException) {
      tooLarge();
    } else {
      if (!Pipeline.isClientsFault(cause)) {
        LOG.error("A connection failed", cause);
      }
      channel.close();
    }
  }

  private void tooLarge() {
    close(1009, "too large", Farewell.ONE_SIDED);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!closing) {
      onWritable(channel.isWritable());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closing(0);
  }

  @Override
  public final boolean sweep(long nowMs) {
    if (!channel.isOpen()) {
      return false;
    }
    if (!closing) {
      onSweep(nowMs);
    } else if (nowMs >= closeByMs) {
      channel.close();
    }
    return true;
  }

  @Override
  public final void drop() {
    channel.close();
  }

  final boolean isWritable() {
    return channel.isWritable();
  }

  /** How many bytes wait for the socket above what {@link #isWritable} needs; 0 when it is. */
  final long bytesAboveLowWater() {
    return channel.bytesBeforeWritable();
  }

  /** Whether anything is heard of the client for now; what is not read waits with the client. */
  final void listen(boolean on) {
    assert loop.inLoop();
    if (channel.config().isAutoRead() == on) {
      return;
    }
    channel.config().setAutoRead(on);
    if (on) {
      loop.later(() -> Pipeline.readKept(channel)); // not from within the decoder
    }
  }

  final ByteBuf textFrame(byte[] json) {
    return Frames.text(channel.alloc(), json);
  }

  final ByteBuf pingFrame() {
    return Frames.ping(channel.alloc());
  }

  /** Writes a frame, which goes out at the end of the loop's turn. */
  final void write(ByteBuf frame) {
    if (closing) {
      frame.release();
      return;
    }
    channel.write(frame, channel.voidPromise());
    if (!dirty) {
      dirty = true;
      loop.flushSoon(this);
    }
  }

  /**
   * Sends a frame that others are sent too straight to the socket, if nothing waits to go out
   * before it. A broadcast is little else than this, and the way through the channel costs about as
   * much again as the system call.
   *
   * @return {@code false} when it has to go through the channel
   */
  final boolean sendDirectly(SharedFrame frame) {
    if (socket == null || closing || frame.address() == 0 || !isNothingWaiting()) {
      return false;
    }
    try {
      int sent = socket.sendAddress(frame.address(), 0, frame.length());
      if (sent < frame.length()) {
        channel.writeAndFlush(frame.another().skipBytes(sent), channel.voidPromise());
      }
    } catch (IOException e) {
      channel.close();
    }
    return true;
  }

  private boolean isNothingWaiting() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting != null && waiting.totalPendingWriteBytes() == 0;
  }

  /** Sends a frame that others are sent too, now, unless some wait to go out before it. */
  final void send(SharedFrame frame) {
    if (dirty || closing) {
      write(frame.another());
    } else {
      channel.writeAndFlush(frame.another(), channel.voidPromise());
    }
  }

  final void flush() {
    dirty = false;
    channel.flush();
  }

  /** Says why and closes. Does nothing when that was done already. */
  final void close(int code, String text, Farewell farewell) {
    assert loop.inLoop();
    if (closing) {
      return;
    }
    closing(code);
    listen(true); // for the answer
    closeByMs = loop.nowMs() + closeGraceMs;
    var written = channel.writeAndFlush(Frames.close(channel.alloc(), code, text));
    if (farewell == Farewell.ONE_SIDED) {
      written.addListener(done -> Pipeline.endOutput(channel));
    }
  }

  private void closing(int code) {
    if (closing) {
      return;
    }
    closing = true;
    if (fragments != null) {
      fragments.release();
      fragments = null;
    }
    onClosing(code);
  }
}
