package barrage.gateway;

import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.room.RoomsFullException;
import barrage.room.StoreAwayException;
import barrage.room.UnreadableException;
import barrage.wire.BadRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP connection: a request, its answer, the next request, each within its time. A request
 * that comes before the answer to the one before it is not read; the connection ends with that
 * answer. Confined to the connection's loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails ends the channel
final class HttpHandler extends ChannelInboundHandlerAdapter implements Loop.Swept {
  private static final Logger LOG = LoggerFactory.getLogger(HttpHandler.class);

  private final Channel channel;
  private final Loop loop;
  private final Site site;

  /** Whether a proxy is connected, and each request may be another client's. */
  private final boolean forwarding;

  private Phase phase = Phase.IDLE;
  private long deadlineMs;
  private boolean upgraded;
  private boolean lastAnswer;

  // Of the request in hand.
  private HttpMethod method = HttpMethod.GET;
  private boolean inHand;
  private @Nullable String origin;
  private @Nullable Request request;
  private Router.@Nullable Admitted admitted;
  private @Nullable ByteBuf body;
  private boolean hasBody;
  private boolean bodyWhole;
  private boolean bodyTooLarge;

  /** In the line of those who wait. */
  private HttpLine.@Nullable Place place;

  /** Whether a room, the store or whoever knows tokens is asked, and has not answered. */
  private boolean waiting;

  private enum Phase {
    /** Nothing of a request was seen. */
    IDLE,
    /** The head was seen; who calls is found out, and the body read. */
    ASKED,
    /** The handler was called, or the caller turned away. */
    ANSWERING,
    /** Nothing more is listened to. */
    ENDING
  }

  /**
   * What all connections of a gateway have in common.
   *
   * @param door counts who is here
   * @param line of the calls that wait
   * @param upgrade puts a WebSocket into the place of HTTP
   * @param isDraining whether connections are to end with their next answer
   */
  record Site(
      GatewayConfig config,
      Doorkeeper door,
      Router router,
      Origins origins,
      GatewayMetrics metrics,
      HttpLine line,
      Upgrader upgrade,
      BooleanSupplier isDraining) {}

  /** Puts a WebSocket into the place of HTTP. */
  interface Upgrader {
    void upgrade(Channel channel, WebSocketHandler handler);
  }

  HttpHandler(Channel channel, Loop loop, Site site) {
    this.channel = channel;
    this.loop = loop;
    this.site = site;
    this.forwarding = site.door.isForwarding(channel);
    this.deadlineMs = loop.nowMs() + site.config.times().handshakeMs();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    loop.lookAfter(this);
  }

  @Override
  public boolean sweep(long nowMs) {
    if (upgraded || !channel.isOpen()) {
      return false;
    }
    if (nowMs >= deadlineMs || (phase == Phase.IDLE && site.isDraining.getAsBoolean())) {
      channel.close();
      return false;
    }
    return true;
  }

  @Override
  public void drop() {
    if (!upgraded) {
      channel.close();
    }
  }

  private void within(long durationMs) {
    deadlineMs = loop.nowMs() + durationMs;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof HttpRequest head) {
        onHead(head);
      }
      if (message instanceof HttpContent content) {
        onContent(content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void onHead(HttpRequest head) {
    if (phase == Phase.ENDING) {
      return;
    }
    if (phase != Phase.IDLE) {
      lastAnswer = true; // pipelined
      channel.config().setAutoRead(false);
      return;
    }
    phase = Phase.ASKED;
    inHand = true;
    site.metrics.requested(+1);
    within(site.config.times().handshakeMs());
    method = head.method();
    origin = head.headers().get(HttpHeaderNames.ORIGIN);
    hasBody = false;
    bodyWhole = false;
    bodyTooLarge = false;
    admitted = null;
    lastAnswer = !HttpUtil.isKeepAlive(head);
    if (head.decoderResult().isFailure()) {
      lastAnswer = true;
      answer(unreadable(head.decoderResult().cause()));
      return;
    }
    Answer.Whole fault = Framing.fault(head);
    if (fault != null) {
      lastAnswer = true;
      answer(fault);
      return;
    }
    if (head.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
      head.headers().remove(HttpHeaderNames.UPGRADE); // as if it were not there: RFC 9110, 7.8
    }
    long announced = HttpUtil.getContentLength(head, 0L);
    hasBody = HttpUtil.isTransferEncodingChunked(head) || announced > 0;
    bodyTooLarge = announced > site.config.maxBodyBytes();
    try {
      if (forwarding && !countAsClients(head.headers())) {
        answer(Answer.refused(Refusal.FULL));
        return;
      }
      Request read = Request.of(head);
      request = read;
      then(
          site.router.admit(read),
          admission -> {
            if (phase != Phase.ASKED) {
              return; // the body has turned out to be unreadable
            }
            if (admission instanceof Router.Admitted let) {
              onAdmitted(let, HttpUtil.is100ContinueExpected(head));
            } else if (admission instanceof Router.Turned turned) {
              answer(turned.away());
            }
          });
    } catch (BadRequest e) {
      answer(Answer.refused(e.refusal()));
    }
  }

  /**
   * Counts this connection as the client's that a proxy sends the request of: until it is answered,
   * or for as long as a WebSocket stays.
   *
   * @return {@code false} when the client has too many
   */
  private boolean countAsClients(HttpHeaders headers) {
    InetAddress client = Forwarded.client(headers, site.config.entrance().proxies());
    return client == null || site.door.admits(channel, client);
  }

  private static Answer.Whole unreadable(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return Answer.refused(414, Refusal.of(Reason.TOO_LARGE));
    } else if (cause instanceof TooLongHttpHeaderException) {
      return Answer.refused(431, Refusal.of(Reason.TOO_LARGE));
    }
    return Answer.refused(Refusal.of(Reason.BAD_REQUEST, "not HTTP/1.1"));
  }

  private void onAdmitted(Router.Admitted let, boolean continueExpected) {
    admitted = let;
    if (continueExpected && !bodyWhole && !bodyTooLarge) {
      channel.writeAndFlush(
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }
    callWhenReady();
  }

  private void onContent(HttpContent content) {
    if (content.decoderResult().isFailure() && phase == Phase.ASKED) {
      lastAnswer = true;
      answer(unreadable(content.decoderResult().cause()));
    }
    if (content instanceof LastHttpContent) {
      bodyWhole = true;
    }
    if (phase != Phase.ASKED) {
      return;
    }
    append(content.content());
    callWhenReady();
  }

  private void append(ByteBuf part) {
    ByteBuf joined = body;
    int before = joined == null ? 0 : joined.readableBytes();
    if (bodyTooLarge || before + part.readableBytes() > site.config.maxBodyBytes()) {
      bodyTooLarge = true;
      freeBody();
    } else if (joined != null) {
      joined.writeBytes(part);
    } else if (part.isReadable()) {
      body = channel.alloc().buffer(part.readableBytes()).writeBytes(part);
    }
  }

  private byte[] takeBody() {
    ByteBuf joined = body;
    byte[] bytes = joined == null ? new byte[0] : ByteBufUtil.getBytes(joined);
    freeBody();
    return bytes;
  }

  private void callWhenReady() {
    Router.Admitted let = admitted;
    if (let == null || request == null || phase != Phase.ASKED) {
      return;
    }
    if (bodyTooLarge) {
      answer(Answer.refused(Reason.TOO_LARGE));
      return;
    }
    if (!bodyWhole) {
      return;
    }
    // What is open to all is answered from memory: who asks how we are is told in any case.
    if (let.route().access().kind() != Access.Kind.OPEN) {
      place = site.line.enter(Address.of(channel));
      if (place == null) {
        answer(Answer.refused(Refusal.FULL));
        return;
      }
    }
    phase = Phase.ANSWERING;
    within(site.config.times().answerMs());
    try {
      Call call = new Call(request, let.params(), let.grant(), takeBody(), Address.of(channel));
      then(let.route().handler().handle(call), this::answer);
    } catch (RuntimeException e) {
      answer(answerTo(e));
    }
  }

  /** As {@link #await}; a fault of the stage is an answer too. */
  private <T> void then(CompletionStage<T> stage, Consumer<T> next) {
    await(
        stage,
        (value, fault) -> {
          if (fault != null) {
            answer(answerTo(fault));
          } else if (channel.isOpen()) {
            goOn(next, value);
          }
        });
  }

  /** Goes on, on this loop, with what a stage has to say; who asked may be gone by then. */
  private <T> void await(CompletionStage<T> stage, BiConsumer<T, @Nullable Throwable> then) {
    waiting = true;
    var unused =
        stage.whenComplete(
            (value, fault) ->
                loop.run(
                    () -> {
                      waiting = false;
                      then.accept(value, fault);
                      if (!channel.isOpen()) {
                        onGone();
                      }
                    }));
  }

  /** Hanging up leaves the work that was asked for, and so the place, until it is done. */
  private void onGone() {
    if (!waiting) {
      leaveLine();
    }
  }

  /** Within a stage nobody would hear of a fault. */
  private <T> void goOn(Consumer<T> next, T value) {
    try {
      next.accept(value);
    } catch (RuntimeException e) {
      LOG.error("A call failed", e);
      channel.close();
    }
  }

  private static Answer.Whole answerTo(Throwable fault) {
    Throwable cause =
        fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
    if (cause instanceof BadRequest bad) {
      return Answer.refused(bad.refusal());
    } else if (cause instanceof RoomsFullException) {
      return Answer.refused(Refusal.FULL);
    }
    if (!(cause instanceof StoreAwayException || cause instanceof UnreadableException)) {
      LOG.error("A call failed", cause);
    }
    return Answer.refused(Reason.UNAVAILABLE);
  }

  private void leaveLine() {
    if (place != null) {
      place.leave();
      place = null;
    }
  }

  private void answer(Answer answer) {
    assert loop.inLoop();
    if (!channel.isOpen()) {
      return;
    }
    phase = Phase.ANSWERING;
    freeBody();
    request = null;
    admitted = null;
    within(site.config.times().answerMs());
    // What is left of a body that nobody will read stands between us and the next request.
    lastAnswer |= (hasBody && !bodyWhole) || site.isDraining.getAsBoolean();
    if (answer instanceof Answer.Whole whole) {
      answerWhole(whole);
    } else if (answer instanceof Answer.Paged paged && mayBeSent(paged.pages())) {
      answerPaged(paged);
    } else if (answer instanceof Answer.Paged) {
      answerWhole(Answer.refused(Refusal.FULL));
    } else if (answer instanceof Answer.Upgrade upgrade) {
      upgrade(upgrade);
    }
  }

  private boolean mayBeSent(Answer.Pages pages) {
    if (pages.areAtHand()) {
      leaveLine();
    }
    return place == null || place.beginDownload();
  }

  private void answerWhole(Answer.Whole whole) {
    leaveLine();
    if (whole.refusal() != null) {
      site.metrics.refused(whole.refusal());
    }
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(whole.status()),
            Unpooled.wrappedBuffer(whole.body()));
    whole.headers().forEach(response.headers()::set);
    if (whole.status() != 204 && whole.status() != 304) {
      HttpUtil.setContentLength(response, whole.body().length);
    }
    writeHead(response);
  }

  private void writeHead(HttpResponse response) {
    if (site.origins.isListed(origin)) {
      allowCors(response);
    }
    protect(response.headers());
    if (lastAnswer) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    ChannelFuture written = channel.writeAndFlush(response);
    if (response instanceof LastHttpContent) {
      written.addListener(this::onAnswered);
    }
  }

  /** Against browsers that guess, tell, share or fall back; pages say more of themselves. */
  private void protect(HttpHeaders headers) {
    headers
        .set("X-Content-Type-Options", "nosniff")
        .set("Referrer-Policy", "no-referrer")
        .set("Cross-Origin-Opener-Policy", "same-origin");
    if (!headers.contains(HttpHeaderNames.CONTENT_SECURITY_POLICY)) {
      // What is no page of ours has nothing to load and no place in a frame.
      headers.set(
          HttpHeaderNames.CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    }
    if (!headers.contains(HttpHeaderNames.CACHE_CONTROL)) {
      headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    }
    // Listed origins may read answers, from a site of their own.
    headers.set(
        "Cross-Origin-Resource-Policy",
        site.origins.isListed(origin) ? "cross-origin" : "same-origin");
    if (site.config.entrance().isSecure()) {
      headers.set("Strict-Transport-Security", "max-age=31536000");
    }
  }

  /** For pages of other sites, which the configuration lists (fetch.spec.whatwg.org). */
  private void allowCors(HttpResponse response) {
    response
        .headers()
        .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
        .add(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
    if (method.equals(HttpMethod.OPTIONS)) {
      response
          .headers()
          .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PATCH, DELETE")
          .set(
              HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS,
              "Authorization, Content-Type, " + Call.IDEMPOTENCY_KEY)
          .set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, "600");
    }
  }

  private void answerPaged(Answer.Paged paged) {
    // The first page decides whether there is an answer at all.
    then(
        paged.pages().next(),
        first -> {
          HttpResponse response =
              new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
          paged.headers().forEach(response.headers()::set);
          HttpUtil.setTransferEncodingChunked(response, true);
          writeHead(response);
          if (method.equals(HttpMethod.HEAD)) {
            channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(this::onAnswered);
          } else {
            writePage(paged.pages(), first);
          }
        });
  }

  private void writePage(Answer.Pages pages, byte @Nullable [] page) {
    if (page == null) {
      channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(this::onAnswered);
      return;
    }
    within(site.config.times().answerMs());
    channel
        .writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(page)))
        .addListener(
            written -> {
              if (written.isSuccess()) {
                await(
                    pages.next(),
                    (next, fault) -> {
                      if (fault == null) {
                        writePage(pages, next);
                      } else {
                        channel.close(); // half an answer must not look like a whole
                      }
                    });
              }
            });
  }

  private void ended() {
    leaveLine();
    if (forwarding && !upgraded) {
      site.door.leave(channel);
    }
    requestDone();
  }

  private void requestDone() {
    if (inHand) {
      inHand = false;
      site.metrics.requested(-1);
    }
  }

  private void onAnswered(Future<?> written) {
    ended();
    if (!written.isSuccess()) {
      channel.close();
    } else if (!lastAnswer) {
      phase = Phase.IDLE;
      within(site.config.times().idleHttpMs());
    } else {
      phase = Phase.ENDING;
      within(site.config.times().closeGraceMs());
      Pipeline.endOutput(channel);
    }
  }

  private void upgrade(Answer.Upgrade upgrade) {
    if (!channel.config().isAutoRead()) {
      channel.close(); // pipelined behind an upgrade: no WebSocket client does that
      return;
    }
    upgraded = true;
    ended();
    HttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
    response
        .headers()
        .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
        .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, upgrade.accept());
    if (upgrade.subprotocol() != null) {
      response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, upgrade.subprotocol());
    }
    if (upgrade.extension() != null) {
      response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, upgrade.extension());
    }
    channel.writeAndFlush(response);
    site.upgrade.upgrade(
        channel, upgrade.opening().open(channel, loop, upgrade.extension() != null));
  }

  private void freeBody() {
    if (body != null) {
      body.release();
      body = null;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    freeBody();
    onGone();
    requestDone();
    phase = Phase.ENDING;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!Pipeline.isClientsFault(cause)) {
      LOG.error("A connection failed", cause);
    }
    channel.close();
  }
}
