package barrage.activity.ballot;

import static java.nio.charset.StandardCharsets.UTF_8;

import barrage.activity.Activity;
import barrage.activity.HttpCall;
import barrage.activity.Play;
import barrage.activity.ProofKind;
import barrage.activity.Reads;
import barrage.activity.Reply;
import barrage.activity.Routes;
import barrage.activity.Settler;
import barrage.activity.StoreEntry;
import barrage.activity.StoreModule;
import barrage.activity.ballot.BallotProof.Recount;
import barrage.activity.ballot.BallotProof.Vote;
import barrage.config.Section;
import barrage.core.Action;
import barrage.core.Entry;
import barrage.core.Pseudonyms;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.wire.JsonBody;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Ballots, of the form poll: viewers tick options, and anybody can count the votes again. */
public final class Ballots implements Activity {
  private static final String KIND = "ballot";

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Object rules(Section section) {
    return BallotTerms.Rules.read(section);
  }

  @Override
  public StoreModule store() {
    return new StoreModule(List.of(), List.of());
  }

  @Override
  public Map<String, Function<JsonBody, Action.Request>> requests() {
    return Map.of("ballot.vote", Ask::read);
  }

  /** A vote; the options as the module takes them. */
  private record Ask(String ballot, String options) implements Action.Request {
    static Ask read(JsonBody fields) {
      int most = BallotTerms.MAX_OPTIONS;
      List<Long> options = fields.integers("options", 1, most, 0, most - 1);
      if (options.stream().distinct().count() < options.size()) {
        throw fields.wrong("options", "must differ");
      }
      return new Ask(
          fields.id("ballot"),
          options.stream().sorted().map(String::valueOf).collect(Collectors.joining(",")));
    }

    /**
     * The receipt belongs to the voter, so that a repeat is told the same after the ballot closed.
     */
    @Override
    public Entry entry(RequestKey key, Viewer viewer, Pseudonyms names) {
      return StoreEntry.of(KIND, "vote")
          .text(ballot)
          .viewer(viewer.id())
          .text(options)
          .flag(viewer.role().isStaff())
          .fresh()
          .text(names.who("receipt of " + ballot, viewer.id()))
          .ranked()
          .keyed(key);
    }
  }

  // ---- calls

  @Override
  public void routes(Routes routes) {
    routes
        .post("", Set.of(Role.STREAMER), Ballots::open)
        .post("/{id}/cancel", Set.of(Role.STREAMER), Ballots::cancel)
        .get("/{id}/proof", call -> proof(call.reads(), call.room(), call.thing()));
  }

  private static CompletionStage<Reply> open(HttpCall call) {
    BallotTerms.Rules rules = (BallotTerms.Rules) call.rules();
    if (!rules.enabled()) {
      return new Reply.Refused(Refusal.of(Reason.NOT_FOUND)).now();
    }
    String terms = BallotTerms.read(call.body(), rules).json(rules);
    return call.offer(
            StoreEntry.of(KIND, "open")
                .text(terms)
                .number(rules.openAtOnce())
                .fresh()
                .text(call.newId())
                .keyed(call.key()))
        .thenApply(Reply::created);
  }

  private static CompletionStage<Reply> cancel(HttpCall call) {
    return call.offer(StoreEntry.of(KIND, "cancel").text(call.thing()).keyed(call.key()))
        .thenApply(Reply::changed);
  }

  /** What anybody needs to count again, once it is closed. */
  static CompletionStage<Reply> proof(Reads reads, RoomId room, String id) {
    return reads
        .thing(room, KIND, id, false)
        .thenCompose(
            found -> {
              JsonNode ballot = found.map(JsonMapper.shared()::readTree).orElse(null);
              if (ballot == null) {
                return new Reply.Refused(Refusal.of(Reason.NOT_FOUND)).now();
              } else if (!isClosed(ballot)) {
                return new Reply.Refused(Refusal.of(Reason.WRONG_STATE)).now();
              }
              return votes(question -> reads.ask(room, question), id)
                  .thenApply(votes -> new Reply.Json(200, proof(ballot, votes)));
            });
  }

  private static byte[] proof(JsonNode ballot, SortedMap<String, Vote> votes) {
    ObjectNode proof = JsonMapper.shared().createObjectNode();
    proof.set("ballot", ballot.path("id"));
    for (String field : List.of("form", "title", "options", "counts", "voters", "receiptsHash")) {
      proof.set(field, ballot.path(field));
    }
    ArrayNode receipts = proof.putArray("receipts");
    votes.forEach(
        (receipt, vote) -> {
          ArrayNode one = receipts.addArray().add(receipt);
          vote.options().forEach(one.addArray()::add);
          if (vote.weight() > 0) {
            one.add(vote.weight());
          }
        });
    return JsonMapper.shared().writeValueAsBytes(proof);
  }

  /** Asks the module. */
  private interface Questions {
    CompletionStage<List<byte[]>> ask(StoreEntry question);
  }

  private static CompletionStage<SortedMap<String, Vote>> votes(Questions store, String ballot) {
    return votes(store, ballot, "0", new TreeMap<>());
  }

  /** Page by page: a scan may tell some twice. */
  private static CompletionStage<SortedMap<String, Vote>> votes(
      Questions store, String ballot, String cursor, SortedMap<String, Vote> votes) {
    return store
        .ask(StoreEntry.of(KIND, "receipts").text(ballot).text(cursor).unkeyed())
        .thenCompose(
            page -> {
              for (int i = 1; i < page.size(); i += 2) {
                votes.put(text(page.get(i)), Vote.kept(text(page.get(i + 1))));
              }
              String next = text(page.get(0));
              return next.equals("0")
                  ? CompletableFuture.completedFuture(votes)
                  : votes(store, ballot, next, votes);
            });
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  private static boolean isClosed(JsonNode ballot) {
    return ballot.path("state").asString("").equals("closed");
  }

  // ---- the end

  @Override
  public Settler settler() {
    return Ballots::settle;
  }

  /** After closesAt no vote comes any more, so the receipts can be hashed; then it is closed. */
  private static CompletionStage<Boolean> settle(String kind, String id, Settler.Room room) {
    return room.ask(StoreEntry.of(KIND, "thing").text(id).unkeyed())
        .thenCompose(
            found -> {
              JsonNode ballot = found.isEmpty() ? null : JsonMapper.shared().readTree(found.get(0));
              if (ballot == null || !ballot.path("state").asString("").equals("open")) {
                return Settler.TURN.settle(kind, id, room);
              }
              int options = ballot.path("options").size();
              return votes(room::ask, id)
                  .thenApplyAsync(votes -> Recount.of(votes, options), room.worker())
                  .thenCompose(recount -> room.enter(close(id, recount)));
            });
  }

  private static Entry close(String id, Recount recount) {
    String counts = Arrays.toString(recount.counts()).replace(" ", "");
    return StoreEntry.of(KIND, "close")
        .text(id)
        .text(recount.receiptsHash())
        .text(",\"counts\":" + counts + ",\"voters\":" + recount.voters())
        .unkeyed();
  }

  @Override
  public Optional<ProofKind> proof() {
    return Optional.of(new BallotProof());
  }

  @Override
  public Optional<Play> play() {
    return Optional.of(new BallotPlay());
  }
}
