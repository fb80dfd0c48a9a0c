package barrage.activity.packet;

import static java.nio.charset.StandardCharsets.US_ASCII;

import barrage.activity.Activity;
import barrage.activity.Book;
import barrage.activity.HttpCall;
import barrage.activity.Notice;
import barrage.activity.Play;
import barrage.activity.ProofKind;
import barrage.activity.Reply;
import barrage.activity.Routes;
import barrage.activity.Settler;
import barrage.activity.StoreEntry;
import barrage.activity.StoreModule;
import barrage.activity.Thing;
import barrage.activity.Things;
import barrage.config.Section;
import barrage.core.Action;
import barrage.core.Draw;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Pseudonyms;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Tier;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.wire.JsonBody;
import barrage.wire.Messages;
import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Red packets. A packet's points are split into shares, and its seed committed to, when it is made;
 * its points lie in an account of their own from then on. In a {@code draw} viewers enter while it
 * is open, and at its end as many as there are shares are drawn. In a {@code grab} the store gives
 * the shares to those who are first. What nobody took goes back in the step that ends it.
 */
public final class Packets implements Activity {
  static final String KIND = "packet";

  private static final String DRAW = "draw";
  private static final String GRAB = "grab";

  /** A viewer may where the rules say so. */
  private static final Set<Role> MAKERS = EnumSet.of(Role.STREAMER, Role.SERVICE, Role.VIEWER);

  private static final Set<Role> CANCELLERS = EnumSet.of(Role.STREAMER);

  /** Of proofs: one of 100,000 entries is some megabytes. */
  private static final long MOST_BYTES_KEPT = 16 << 20;

  private static final long MOST_MS = 86_400_000;
  private static final long MOST_BALANCE = (1L << 53) - 1;

  /** Those asked for lately, so that a packet whose proof many ask for is read once. */
  private final AsyncCache<Proven, byte[]> proofs =
      Caffeine.newBuilder()
          .maximumWeight(MOST_BYTES_KEPT)
          .weigher((Proven packet, byte[] proof) -> proof.length)
          .buildAsync();

  private record Proven(RoomId room, String packet) {}

  /**
   * The section {@code packet} of {@code rules.yaml}.
   *
   * @param mostOpen packets of a room that are not over
   */
  record Rules(
      boolean enabled,
      boolean byViewers,
      int mostPoints,
      int mostCount,
      int titleChars,
      long leastMs,
      long mostMs,
      long usualMs,
      long mostAheadMs,
      int mostOpen) {}

  /** {@code packet.open}. */
  record Open(String packet) implements Action.Request {
    @Override
    public Entry entry(RequestKey key, Viewer viewer, Pseudonyms names) {
      return StoreEntry.of(KIND, "open")
          .text(packet)
          .fresh() // what follows is the viewer's, whose the key is
          .viewer(viewer.id())
          .key(takersKey(packet))
          .text(names.who(packet, viewer.id()))
          .flag(viewer.role().isStaff())
          .ranked()
          .keyed(key);
    }
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Rules rules(Section section) {
    long least = section.integer("enter-least-ms", 1_000, MOST_MS);
    long most = section.integer("enter-most-ms", least, MOST_MS);
    return new Rules(
        section.flag("enabled"),
        section.flag("by-viewers"),
        section.small("most-points", 1, Integer.MAX_VALUE),
        section.small("most-count", 1, 10_000),
        section.small("title-chars", 1, 200),
        least,
        most,
        section.integer("enter-ms", least, most),
        section.integer("opens-in-most-ms", 0, 7 * MOST_MS),
        section.small("most-open", 1, 1_000));
  }

  @Override
  public Map<String, Function<JsonBody, Action.Request>> requests() {
    return Map.of("packet.open", body -> new Open(body.id("packet")));
  }

  @Override
  public StoreModule store() {
    return new StoreModule(List.of("amounts"), List.of());
  }

  @Override
  public Book newBook() {
    return new Latch();
  }

  @Override
  public Settler settler() {
    return Packets::settle;
  }

  @Override
  public Optional<Play> play() {
    return Optional.of(new PacketPlay());
  }

  @Override
  public Optional<ProofKind> proof() {
    return Optional.of(new PacketProof());
  }

  @Override
  public void routes(Routes routes) {
    routes
        .post("", MAKERS, Packets::make)
        .post("/{id}/cancel", CANCELLERS, Packets::cancel)
        .get("/{id}/proof", this::proof);
  }

  private static String takersKey(String packet) {
    return "takers:" + packet;
  }

  private static StoreEntry question(String name, String packet) {
    return StoreEntry.of(KIND, name).text(packet).unkeyed();
  }

  private static String text(byte[] ascii) {
    return new String(ascii, US_ASCII);
  }

  // ---- calls

  private static CompletionStage<Reply> make(HttpCall call) {
    Rules rules = (Rules) call.rules();
    boolean byViewer = call.role() == Role.VIEWER;
    if (byViewer && !rules.byViewers()) {
      return refused(Reason.FORBIDDEN);
    } else if (!rules.enabled()) {
      return refused(Reason.NOT_FOUND);
    }
    JsonBody body = call.body();
    JsonBody reward = body.optionalObject("reward");
    if (reward == null || reward.get("coupon") != null) {
      throw body.wrong("reward", "must be {points}");
    }
    String title = body.text("title", rules.titleChars());
    int count = (int) body.integer("count", 1, rules.mostCount());
    int points = (int) reward.integer("points", count, rules.mostPoints());
    String mode =
        body.get("mode") == null ? DRAW : body.choice("mode", Packets::mode, "draw or grab");
    Amounts.Split split =
        body.get("split") == null
            ? Amounts.Split.LUCKY
            : body.choice("split", Amounts.Split::fromWire, "lucky or equal");
    long enterMs = body.integerOr(rules.usualMs(), "enterMs", rules.leastMs(), rules.mostMs());
    long opensInMs = body.integerOr(0, "opensInMs", 0, rules.mostAheadMs());
    Conditions conditions = Conditions.read(body.optionalObject("conditions"));
    byte[] terms =
        Messages.object(
            json -> {
              json.writeStringProperty("title", title);
              json.writeObjectPropertyStart("reward");
              json.writeNumberProperty("points", points);
              json.writeEndObject();
              json.writeNumberProperty("count", count);
              json.writeStringProperty("mode", mode);
              json.writeStringProperty("split", split.wire());
              json.writeObjectPropertyStart("conditions");
              conditions.writeTo(json);
              json.writeEndObject();
            });
    String id = call.newId();
    byte[] seed = call.secret(Draw.SEED_BYTES);
    StoreEntry.Builder entry =
        StoreEntry.of(KIND, "make")
            .bytes(terms)
            .text(mode)
            .text(split.wire())
            .number(points)
            .number(count)
            .number(enterMs)
            .number(opensInMs)
            .number(conditions.minTier().rank())
            .number(conditions.minPoints())
            .number(conditions.watchedMs())
            .flag(conditions.said());
    return call.offer(
            withFunder(entry, byViewer ? call.caller() : null)
                .fresh()
                .text(id)
                .text(HexFormat.of().formatHex(seed))
                .text(Draw.commitment(seed))
                .bytes(Amounts.packed(Amounts.of(seed, id, points, count, split)))
                .number(rules.mostOpen())
                .keyed(call.key()))
        .thenApply(Reply::created);
  }

  private static Optional<String> mode(String name) {
    return name.equals(DRAW) || name.equals(GRAB) ? Optional.of(name) : Optional.empty();
  }

  private static CompletionStage<Reply> refused(Reason reason) {
    return new Reply.Refused(Refusal.of(reason)).now();
  }

  /** The next argument is who paid for the packet, or nothing. */
  private static StoreEntry.Builder withFunder(
      StoreEntry.Builder entry, @Nullable ViewerId funder) {
    return funder == null ? entry.text("") : entry.viewer(funder);
  }

  /**
   * Who may take part.
   *
   * @param watchedMs in the room, in all
   * @param said whether they must have said something in the room
   */
  private record Conditions(Tier minTier, long minPoints, long watchedMs, boolean said) {
    static Conditions read(@Nullable JsonBody body) {
      if (body == null) {
        return new Conditions(Tier.REGULAR, 0, 0, false);
      }
      Tier tier = body.optionalTier("minTier");
      return new Conditions(
          tier == null ? Tier.REGULAR : tier,
          body.integerOr(0, "minPoints", 0, MOST_BALANCE),
          body.integerOr(0, "watchedMs", 0, MOST_MS),
          Boolean.TRUE.equals(body.optionalBoolean("said")));
    }

    /** Those that are any, as fields. */
    void writeTo(JsonGenerator json) {
      if (minTier != Tier.REGULAR) {
        json.writeStringProperty("minTier", minTier.wire());
      }
      if (minPoints > 0) {
        json.writeNumberProperty("minPoints", minPoints);
      }
      if (watchedMs > 0) {
        json.writeNumberProperty("watchedMs", watchedMs);
      }
      if (said) {
        json.writeBooleanProperty("said", true);
      }
    }
  }

  private static CompletionStage<Reply> cancel(HttpCall call) {
    String packet = call.thing();
    return call.reads()
        .ask(call.room(), question("stage", packet))
        .thenCompose(
            found ->
                call.offer(
                    withFunder(
                            StoreEntry.of(KIND, "cancel").text(packet).fresh(),
                            found.isEmpty() ? null : Stage.read(found).funder())
                        .keyed(call.key())))
        .thenApply(Reply::changed);
  }

  private CompletionStage<Reply> proof(HttpCall call) {
    String packet = call.thing();
    return call.reads()
        .ask(call.room(), question("proof", packet))
        .thenCompose(
            parts -> {
              if (parts.isEmpty()) {
                return refused(Reason.NOT_FOUND);
              } else if (!text(parts.get(0)).equals("1")) {
                return refused(Reason.WRONG_STATE);
              }
              return proofs
                  .get(
                      new Proven(call.room(), packet),
                      (missing, executor) -> proof(call, packet, parts, executor))
                  .thenApply(json -> new Reply.Json(200, json));
            });
  }

  private static CompletableFuture<byte[]> proof(
      HttpCall call, String packet, List<byte[]> parts, Executor executor) {
    boolean isDraw = parts.get(4).length > 0;
    CompletionStage<Map<String, String>> takers =
        isDraw
            ? takers(entry -> call.reads().ask(call.room(), entry), packet)
            : CompletableFuture.completedFuture(Map.of());
    return takers
        .thenApplyAsync(all -> PacketProof.write(packet, parts, all.values()), executor)
        .toCompletableFuture();
  }

  /** Those who opened a packet, each with what the module keeps of them. */
  private static CompletionStage<Map<String, String>> takers(
      Function<StoreEntry, CompletionStage<List<byte[]>>> ask, String packet) {
    return takers(ask, packet, "0", new HashMap<>());
  }

  /** One may come twice, on two pages. */
  private static CompletionStage<Map<String, String>> takers(
      Function<StoreEntry, CompletionStage<List<byte[]>>> ask,
      String packet,
      String cursor,
      Map<String, String> found) {
    StoreEntry question =
        StoreEntry.of(KIND, "takers").key(takersKey(packet)).text(cursor).unkeyed();
    return ask.apply(question)
        .thenCompose(
            page -> {
              for (int i = 1; i < page.size(); i += 2) {
                found.put(text(page.get(i)), text(page.get(i + 1)));
              }
              String next = text(page.get(0));
              return next.equals("0")
                  ? CompletableFuture.completedFuture(found)
                  : takers(ask, packet, next, found);
            });
  }

  // ---- what is due

  /**
   * What the store says of a packet.
   *
   * @param step what is to be done next: {@code finish}, {@code draw}, {@code reveal} or nothing
   * @param funder who paid for it; {@code null} when its points were issued
   * @param seed hex; never to be told before the packet is over
   */
  private record Stage(
      String step, @Nullable ViewerId funder, String seed, int count, int entered) {
    static Stage read(List<byte[]> found) {
      String by = text(found.get(1));
      return new Stage(
          text(found.get(0)),
          by.isEmpty() ? null : new ViewerId(by),
          text(found.get(2)),
          Integer.parseInt(text(found.get(3))),
          Integer.parseInt(text(found.get(4))));
    }
  }

  /** Opens it, or closes its entries; then what the store says is next. */
  private static CompletionStage<Boolean> settle(String kind, String packet, Settler.Room room) {
    return then(
        Settler.TURN.settle(kind, packet, room),
        () ->
            room.ask(question("stage", packet))
                .thenCompose(
                    found -> found.isEmpty() ? done(true) : step(packet, Stage.read(found), room)));
  }

  private static CompletionStage<Boolean> step(String packet, Stage stage, Settler.Room room) {
    return switch (stage.step()) {
      case "draw" -> draw(packet, stage, room);
      case "finish" -> finish(packet, stage, room);
      case "reveal" -> reveal(packet, room);
      default -> done(true);
    };
  }

  /** Nothing is drawn before the entries are announced, and that lasts. */
  private static CompletionStage<Boolean> draw(String packet, Stage stage, Settler.Room room) {
    return takers(room::ask, packet)
        .thenCompose(
            takers ->
                CompletableFuture.supplyAsync(() -> drawn(packet, stage, takers), room.worker())
                    .thenCompose(
                        drawn ->
                            then(
                                room.enter(lock(packet, stage, drawn)),
                                () -> award(packet, drawn, takers, room))))
        .thenCompose(awarded -> awarded ? finish(packet, stage, room) : done(false));
  }

  private static PacketProof.Drawn drawn(String packet, Stage stage, Map<String, String> takers) {
    if (takers.size() != stage.entered()) {
      throw new IllegalStateException(
          takers.size() + " entries of " + stage.entered() + " were read");
    }
    return PacketProof.draw(packet, stage.seed(), stage.count(), takers.values());
  }

  private static StoreEntry lock(String packet, Stage stage, PacketProof.Drawn drawn) {
    return StoreEntry.of(KIND, "lock")
        .text(packet)
        .number(stage.entered())
        .text(drawn.entriesHash())
        .unkeyed();
  }

  /** Each winner who has no share yet is given it by an entry of its own. */
  private static CompletionStage<Boolean> award(
      String packet, PacketProof.Drawn drawn, Map<String, String> takers, Settler.Room room) {
    Map<String, String> viewers = new HashMap<>();
    takers.forEach((viewer, kept) -> viewers.put(PacketProof.who(kept), viewer));
    CompletionStage<Boolean> all = done(true);
    for (int i = 0; i < drawn.winners().size(); i++) {
      String viewer = viewers.getOrDefault(drawn.winners().get(i), "");
      if (PacketProof.rank(takers.getOrDefault(viewer, "0 ")) > 0) {
        continue;
      }
      StoreEntry award =
          StoreEntry.of(KIND, "award")
              .text(packet)
              .viewer(new ViewerId(viewer))
              .key(takersKey(packet))
              .text(drawn.entriesHash())
              .number(i + 1L)
              .unkeyed();
      all = all.thenCombine(room.offer(award), (before, outcome) -> before && isTold(outcome));
    }
    return all.thenApply(
        awarded -> {
          if (!awarded) {
            throw new IllegalStateException("not all shares could be given");
          }
          return true;
        });
  }

  private static boolean isTold(Outcome outcome) {
    return outcome instanceof Outcome.Told;
  }

  private static CompletionStage<Boolean> finish(String packet, Stage stage, Settler.Room room) {
    StoreEntry finish =
        withFunder(StoreEntry.of(KIND, "finish").text(packet), stage.funder()).unkeyed();
    return then(room.enter(finish), () -> settle(KIND, packet, room));
  }

  /** The seed is told when the end lasts: a turn is answered after all that came before it. */
  private static CompletionStage<Boolean> reveal(String packet, Settler.Room room) {
    return then(
        Settler.TURN.settle(KIND, packet, room),
        () -> room.enter(StoreEntry.of(KIND, "reveal").text(packet).unkeyed()));
  }

  private static CompletionStage<Boolean> then(
      CompletionStage<Boolean> first, Supplier<CompletionStage<Boolean>> next) {
    return first.thenCompose(done -> done ? next.get() : done(false));
  }

  private static CompletionStage<Boolean> done(boolean done) {
    return CompletableFuture.completedFuture(done);
  }

  // ---- what a node knows

  /**
   * Refuses who comes too late for a grab without asking the store. A viewer who was given a share
   * may be repeating the request that got it, so nobody is refused before all who were given one
   * are known: from the start, where the packet was heard of when it was made, else by asking. That
   * is enough, as a grab that is over never gives again. In a draw the store is asked.
   */
  private static final class Latch extends Things {
    /** So near to an instant the clocks of node and store may disagree, milliseconds. */
    private static final int CLOCK_DOUBT_MS = 250;

    private final Map<String, Takers> known = new HashMap<>();

    /** Who was given a share of a packet, as far as this node knows. */
    private static final class Takers {
      final Set<String> viewers = new HashSet<>();
      boolean complete;
      @Nullable StoreEntry asked;
    }

    Latch() {
      super(KIND);
    }

    @Override
    public void openAt(List<Thing> things) {
      super.openAt(things);
      known.clear();
    }

    @Override
    public void onDoubt() {
      known.clear();
    }

    @Override
    public void on(Notice notice) {
      super.on(notice);
      if (notice.what() == Notice.What.GONE) {
        known.remove(notice.id());
      } else if (notice.what() == Notice.What.NEWS) {
        Takers takers = known.computeIfAbsent(notice.id(), unknown -> new Takers());
        JsonNode news = JsonMapper.shared().readTree(notice.json());
        if (news.has("made")) {
          takers.complete = true;
        } else {
          takers.viewers.add(news.path("taker").asString(""));
        }
      }
    }

    @Override
    public @Nullable Refusal refuse(Viewer viewer, Tier tier, Action.Request request, long nowMs) {
      ObjectNode packet = request instanceof Open open ? thing(open.packet()) : null;
      if (packet == null || viewer.role().isStaff()) {
        return null;
      }
      long opensAt = packet.path("opensAt").asLong();
      if (is(packet, "state", "scheduled") && nowMs < opensAt - CLOCK_DOUBT_MS) {
        return new Refusal(Reason.NOT_OPEN, Reason.NOT_OPEN.message(), 0, opensAt);
      }
      Takers takers = known.get(packet.path("id").asString());
      if (!is(packet, "mode", GRAB)
          || takers == null
          || !takers.complete
          || takers.viewers.contains(viewer.id().value())) {
        return null;
      } else if (packet.path("left").asInt() == 0) {
        return Refusal.of(Reason.SOLD_OUT);
      }
      boolean over =
          is(packet, "state", "ended")
              || is(packet, "state", "cancelled")
              || nowMs >= packet.path("endsAt").asLong() + CLOCK_DOUBT_MS;
      return over ? Refusal.of(Reason.ENDED) : null;
    }

    private static boolean is(ObjectNode packet, String field, String value) {
      return packet.path(field).asString("").equals(value);
    }

    @Override
    public @Nullable StoreEntry question(Action.Request refused, Reason reason) {
      ObjectNode packet = refused instanceof Open open ? thing(open.packet()) : null;
      boolean isOver = reason == Reason.SOLD_OUT || reason == Reason.ENDED;
      if (packet == null || !isOver || !is(packet, "mode", GRAB)) {
        return null;
      }
      String id = packet.path("id").asString();
      Takers takers = known.computeIfAbsent(id, unknown -> new Takers());
      if (takers.complete || takers.asked != null) {
        return null;
      }
      takers.asked = StoreEntry.of(KIND, "viewers").key(takersKey(id)).unkeyed();
      return takers.asked;
    }

    @Override
    public void onAnswer(StoreEntry asked, @Nullable List<byte[]> answer) {
      for (Takers takers : known.values()) {
        if (takers.asked == asked) {
          takers.asked = null;
          if (answer != null) {
            answer.forEach(viewer -> takers.viewers.add(text(viewer)));
            takers.complete = true;
          }
        }
      }
    }
  }
}
