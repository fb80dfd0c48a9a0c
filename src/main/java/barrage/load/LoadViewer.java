package barrage.load;

import barrage.core.Danmaku;
import barrage.core.Tier;
import barrage.core.ViewerId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * One of a load's viewers: asks when told to, repeats under its id what a broken connection left
 * open, and checks all that it hears. Confined to its event loop.
 */
final class LoadViewer implements FrameListener {
  private final Shard shard;
  private final int number;
  private final @Nullable Tier tier;
  private final ViewerId id;
  private final Watcher watcher;

  /** Requests that are to be sent, again or at last, when the connection is back. */
  private final Deque<Ask> waiting = new ArrayDeque<>(1);

  private volatile @Nullable RoomClient client;
  private long dueNanos;
  private long brokenNanos;
  private boolean in;
  private boolean everIn;
  private boolean gone;
  private long taps;
  private int won;

  /** A request, and whom its outcome concerns. */
  private static final class Ask {
    final String type;
    final String id;
    final long dueNanos;
    final Consumer<JsonGenerator> fields;
    final Outcome outcome;
    int tries;

    Ask(String type, String id, long dueNanos, Consumer<JsonGenerator> fields, Outcome outcome) {
      this.type = type;
      this.id = id;
      this.dueNanos = dueNanos;
      this.fields = fields;
      this.outcome = outcome;
    }
  }

  /** What became of a request. */
  interface Outcome {
    void onOk(JsonNode answer);

    /** It had no effect. */
    default void onRefused(String code) {}

    /** It was answered in a way that leaves open whether it had an effect, or never. */
    void onUnknown();
  }

  /**
   * @param tier {@code null} for one who watches without a token
   */
  LoadViewer(Shard shard, int number, @Nullable Tier tier, Watcher.Ear ear) {
    this.shard = shard;
    this.number = number;
    this.tier = tier;
    id = id(number, tier);
    watcher = new Watcher(ear);
  }

  /** The same in every run, so that a server that is tested often does not fill up with viewers. */
  static ViewerId id(int number, @Nullable Tier tier) {
    return new ViewerId("load-" + (tier == null ? "anonymous" : tier.wire()) + "-" + number);
  }

  /** Whose id this is; -1 for one that is none of a load. */
  static int number(String id) {
    if (!id.startsWith("load-")) {
      return -1;
    }
    int number = 0;
    int from = id.lastIndexOf('-') + 1;
    for (int i = from; i < id.length(); i++) {
      int digit = Character.digit(id.charAt(i), 10);
      if (digit < 0 || number > 100_000_000) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  int number() {
    return number;
  }

  @Nullable Tier tier() {
    return tier;
  }

  ViewerId id() {
    return id;
  }

  Shard shard() {
    return shard;
  }

  Watcher watcher() {
    return watcher;
  }

  /** Where it is in the room's history; {@code null} before it came. Any thread. */
  RoomClient.@Nullable Position position() {
    RoomClient here = client;
    return here == null ? null : here.position();
  }

  boolean isIn() {
    return in;
  }

  /** Units it was granted. */
  int won() {
    return won;
  }

  void win(int units) {
    won += units;
  }

  // ---- coming and going

  void join(long dueNanos, Function<LoadViewer, RoomClient> open) {
    this.dueNanos = dueNanos;
    client = open.apply(this);
  }

  /** Breaks the connection as a network does. */
  void breakOff() {
    RoomClient here = client;
    if (here != null && in) {
      brokenNanos = System.nanoTime();
      here.breakOff();
    }
  }

  void leave() {
    RoomClient here = client;
    if (here != null) {
      here.close();
    }
  }

  @Override
  public void onWelcome(JsonNode welcome) {
    watcher.onWelcome(welcome);
    if (in) {
      return; // A resync on the same connection.
    }
    in = true;
    taps = 0;
    long nowNanos = System.nanoTime();
    shard.onIn(welcome.path("serverTime").asLong(), everIn);
    if (!everIn) {
      everIn = true;
      shard.tally().time(Condition.Subject.JOINS, nowNanos - dueNanos);
    } else if (brokenNanos != 0) {
      shard.tally().time(Condition.Subject.RETURNS, nowNanos - brokenNanos);
      brokenNanos = 0;
    }
    for (int i = waiting.size(); i > 0; i--) {
      send(waiting.remove());
    }
  }

  @Override
  public void onDisconnected(int code, boolean again) {
    if (in && brokenNanos == 0) {
      brokenNanos = System.nanoTime();
      shard.onClosed();
    }
    if (everIn) {
      watcher.onDisconnected(code, again);
    }
    if (in) {
      in = false;
      shard.onOut();
    }
    if (!again && !gone) {
      gone = true;
      shard.onGone(code, everIn);
      waiting.forEach(this::abandon);
      waiting.clear();
    }
  }

  // ---- hearing

  @Override
  public void onFrame(EventsFrame frame) {
    watcher.onFrame(frame);
  }

  @Override
  public void onMessage(String type, JsonNode message) {
    if (type.equals("ok") || type.equals("error")) {
      shard.tally().answeredTwice.increment(); // Nobody waits for it: it was answered before.
    }
  }

  // ---- asking

  void say(String request, String text, long dueNanos, Outcome outcome) {
    ask(
        "danmaku",
        request,
        dueNanos,
        json -> {
          json.writeStringProperty("text", text);
          json.writeStringProperty("mode", Danmaku.Mode.SCROLL.wire());
        },
        outcome);
  }

  void like(int more) {
    RoomClient here = client;
    if (here != null && in) {
      taps += more;
      here.like(taps);
      shard.tally().taps.add(more);
    }
  }

  void ask(
      String type, String request, long dueNanos, Consumer<JsonGenerator> fields, Outcome outcome) {
    shard.onAsked();
    send(new Ask(type, request, dueNanos, fields, outcome));
  }

  private void send(Ask ask) {
    RoomClient here = client;
    if (gone || here == null) {
      abandon(ask);
      return;
    }
    if (!in) {
      waiting.add(ask); // It is late by the schedule, and will be counted so.
      return;
    }
    ask.tries++;
    var unused =
        here.request(ask.type, ask.id, ask.fields)
            .whenComplete((answer, lost) -> onAnswer(ask, answer, lost));
  }

  private void onAnswer(Ask ask, JsonNode answer, @Nullable Throwable lost) {
    if (lost != null) {
      if (gone) {
        abandon(ask);
      } else {
        waiting.add(ask);
      }
      return;
    }
    shard.onAnswered();
    shard.tally().time(Condition.Subject.ANSWERS, System.nanoTime() - ask.dueNanos);
    if (!answer.path("type").asString("").equals("error")) {
      shard.tally().oks.increment();
      ask.outcome.onOk(answer);
      return;
    }
    String code = answer.path("code").asString("");
    shard.tally().error(code);
    boolean open =
        switch (code) {
          case "busy", "unavailable" -> true;
          case "rate_limited", "slow_mode" -> ask.tries > 1; // Says nothing about the first try.
          default -> false;
        };
    if (open) {
      ask.outcome.onUnknown();
    } else {
      ask.outcome.onRefused(code);
    }
  }

  private void abandon(Ask ask) {
    shard.onAnswered();
    shard.tally().unanswered.increment();
    ask.outcome.onUnknown();
  }
}
