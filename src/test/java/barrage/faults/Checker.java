package barrage.faults;

import barrage.faults.History.Account;
import barrage.faults.History.Act;
import barrage.faults.History.Ask;
import barrage.faults.History.Attempt;
import barrage.faults.History.Books;
import barrage.faults.History.Buy;
import barrage.faults.History.Cancel;
import barrage.faults.History.End;
import barrage.faults.History.Enter;
import barrage.faults.History.Event;
import barrage.faults.History.Grant;
import barrage.faults.History.Line;
import barrage.faults.History.Lottery;
import barrage.faults.History.Order;
import barrage.faults.History.Pay;
import barrage.faults.History.Refund;
import barrage.faults.History.Say;
import barrage.faults.History.Stream;
import barrage.faults.History.Thing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Goes through a history and says where it cannot be that of a room in which every request had one
 * effect or none: an acknowledged one has it, a refused one has not, one of which nothing was heard
 * may have it, and whatever is there was asked for by somebody.
 *
 * <p>Where a replica may take over, danmaku, and nothing else, may lack from an instant on: then an
 * epoch begins, and everybody is told.
 */
public final class Checker {
  /** What a viewer is awarded for, beside what these histories ask for. */
  private static final Set<String> AWARDED_UNASKED = Set.of("watch");

  /** The reference of what is awarded up to a cap a day. */
  private static final Pattern DAY = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");

  /**
   * Something that must not be.
   *
   * @param led the attempts that led to it
   */
  public record Violation(String what, List<Attempt> led) {
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(what);
      led.forEach(attempt -> text.append("\n      ").append(attempt));
      return text.toString();
    }
  }

  private final History history;
  private final Map<String, List<Attempt>> requests = new LinkedHashMap<>();

  /** By request: the acknowledged attempt of each request that has one. */
  private final Map<String, Attempt> granted = new LinkedHashMap<>();

  /** What was asked about an order once it was there. */
  private final Map<String, List<Attempt>> aboutOrders = new HashMap<>();

  /** All that is kept, by number. */
  private final Map<Long, Event> kept = new TreeMap<>();

  /** By epoch: what was heard of it, by number. */
  private final TreeMap<Long, TreeMap<Long, Event>> heard = new TreeMap<>();

  /** Those that anybody knows of. */
  private final TreeSet<Long> epochs = new TreeSet<>();

  /** By viewer, then by reason and reference: what things were to give them. */
  private final Map<String, Map<String, Long>> dueForThings = new HashMap<>();

  private final Map<Long, Long> newestKept = new HashMap<>();
  private final List<Violation> violations = new ArrayList<>();
  private long lost;

  private Checker(History history) {
    this.history = history;
    history.outcome().story().forEach(event -> kept.put(event.seq(), event));
    epochs.addAll(history.outcome().epochs());
    epochs.add(history.outcome().epoch());
    for (Stream stream : history.streams()) {
      epochs.add(stream.epoch());
      TreeMap<Long, Event> story = heard.computeIfAbsent(stream.epoch(), any -> new TreeMap<>());
      stream.events().forEach(event -> story.putIfAbsent(event.seq(), event));
    }
    for (Attempt each : history.attempts()) {
      Attempt attempt = isLost(each) ? shownOnly(each) : each;
      requests.computeIfAbsent(attempt.request(), any -> new ArrayList<>()).add(attempt);
      if (attempt.end() == End.OK) {
        granted.putIfAbsent(attempt.request(), attempt);
      }
      String order = orderOf(attempt.act());
      if (order != null) {
        aboutOrders.computeIfAbsent(order, any -> new ArrayList<>()).add(attempt);
      }
    }
  }

  /**
   * A danmaku that was acknowledged in an epoch that is over, and is not there, nor is anything
   * that came after it in that epoch. Two primaries each have an epoch of their own for a while, so
   * what counts is who heard of an event in which of them. The first answers of an epoch may come
   * before its {@code resync} does: what nobody heard of may be of the next one.
   */
  private boolean isLost(Attempt attempt) {
    if (!history.outcome().losesLast()
        || attempt.end() != End.OK
        || !(attempt.act() instanceof Say say)
        || attempt.epoch() <= 0
        || isSaid(say, attempt)) {
      return false;
    }
    long number = Long.parseLong(attempt.answer());
    List<Long> of =
        heard.entrySet().stream()
            .filter(story -> isIn(story.getValue(), number, say, attempt.sender()))
            .map(Map.Entry::getKey)
            .toList();
    if (of.isEmpty()) {
      Long next = epochs.higher(attempt.epoch());
      of = next == null ? List.of(attempt.epoch()) : List.of(attempt.epoch(), next);
    }
    return of.stream()
        .anyMatch(epoch -> epoch != history.outcome().epoch() && number > newestKept(epoch));
  }

  private static boolean isIn(TreeMap<Long, Event> story, long number, Say say, String sender) {
    Event event = story.get(number);
    return event != null && say.text().equals(event.text()) && sender.equals(event.speaker());
  }

  /** The newest danmaku that is kept of this epoch; of what nobody heard, of those before it. */
  private long newestKept(long epoch) {
    return newestKept.computeIfAbsent(
        epoch,
        any ->
            danmaku().stream()
                .filter(said -> isHeardIn(epoch, said) || isUnheard(said) && !isLater(said, epoch))
                .mapToLong(Event::seq)
                .max()
                .orElse(0));
  }

  private boolean isHeardIn(long epoch, Event said) {
    return said.equals(heard.getOrDefault(epoch, new TreeMap<>()).get(said.seq()));
  }

  private boolean isUnheard(Event said) {
    return heard.keySet().stream().noneMatch(epoch -> isHeardIn(epoch, said));
  }

  /** Whether it was said in a later epoch. */
  private boolean isLater(Event said, long epoch) {
    Long next = epochs.higher(epoch);
    return epoch > 0 && next != null && said.atMs() >= next;
  }

  private boolean isSaid(Say say, Attempt ok) {
    Event said = kept.get(Long.parseLong(ok.answer()));
    return said != null && say.text().equals(said.text()) && ok.sender().equals(said.speaker());
  }

  /** What it has come to: viewers saw it, and it is not kept; perhaps an earlier attempt was. */
  private Attempt shownOnly(Attempt ok) {
    lost++;
    return new Attempt(
        ok.sender(),
        ok.id(),
        ok.act(),
        ok.node(),
        ok.invokedMs(),
        ok.endedMs(),
        End.UNKNOWN,
        Attempt.NOT_KEPT,
        ok.epoch());
  }

  private static String orderOf(Act act) {
    if (act instanceof Cancel cancel) {
      return cancel.order();
    }
    if (act instanceof Pay pay) {
      return pay.order();
    }
    return act instanceof Refund refund ? refund.order() : null;
  }

  public static Checker of(History history) {
    Checker checker = new Checker(history);
    checker.checkAnswers();
    checker.checkRefusals();
    checker.checkStreams();
    checker.checkStory();
    checker.checkDanmaku();
    checker.checkStock();
    checker.checkOrders();
    checker.checkEntries();
    checker.checkThings();
    checker.checkPoints();
    return checker;
  }

  /** What is wrong with it; empty when nothing is. */
  public List<Violation> violations() {
    return violations;
  }

  /** Epochs that anybody heard of. */
  public int epochs() {
    return heard.size();
  }

  /** Danmaku that were acknowledged and lost, which their viewers were told. */
  public long lost() {
    return lost;
  }

  private void found(String what, List<Attempt> led) {
    violations.add(new Violation(what, led));
  }

  private void found(String what) {
    found(what, List.of());
  }

  private void forGranted(Class<? extends Act> kind, Consumer<Attempt> each) {
    granted.values().stream().filter(ok -> kind.isInstance(ok.act())).forEach(each);
  }

  // ---- one answer for one request

  private void checkAnswers() {
    requests.forEach(
        (request, attempts) -> {
          Attempt first = granted.get(request);
          if (first == null) {
            Attempt last = attempts.get(attempts.size() - 1);
            boolean shown =
                attempts.stream().anyMatch(each -> each.answer().equals(Attempt.NOT_KEPT));
            if (last.end() == End.UNKNOWN && !shown) {
              found("never answered", attempts);
            }
            return;
          }
          for (Attempt attempt : attempts) {
            boolean same = attempt.act().equals(first.act());
            if (attempt.end() == End.OK && !same) {
              found("one id, two contents", attempts);
            } else if (attempt.end() == End.OK && !attempt.answer().equals(first.answer())) {
              found("one request, two answers", attempts);
            } else if (attempt.end() == End.REFUSED && attempt.invokedMs() > first.endedMs()) {
              if (same && !wasShownOtherwise(first, attempt, attempts)) {
                found("granted, then refused", attempts);
              } else if (!same
                  && attempt.act() instanceof Say
                  && !attempt.answer().equals("conflict")) {
                found("another content is no conflict", attempts);
              }
            }
          }
        });
  }

  /** Who was refused something did not hold it then, by an earlier try of the same request. */
  private void checkRefusals() {
    Map<String, TreeMap<Long, Long>> answered = new HashMap<>();
    for (Attempt ok : granted.values()) {
      numberOf(ok)
          .ifPresent(
              number ->
                  answered
                      .computeIfAbsent(kindOf(ok.act()), any -> new TreeMap<>())
                      .merge(number, ok.endedMs(), Math::min));
    }
    for (TreeMap<Long, Long> byNumber : answered.values()) {
      long earliest = Long.MAX_VALUE;
      for (Map.Entry<Long, Long> each : byNumber.descendingMap().entrySet()) {
        earliest = Math.min(earliest, each.getValue());
        each.setValue(earliest); // by then it was there: something that came after it was told
      }
    }
    requests.forEach(
        (request, attempts) -> {
          Attempt ok = granted.get(request);
          OptionalLong number = ok == null ? OptionalLong.empty() : numberOf(ok);
          if (number.isEmpty()) {
            return;
          }
          long thereMs = answered.get(kindOf(ok.act())).get(number.getAsLong());
          boolean refused =
              attempts.stream()
                  .anyMatch(
                      attempt ->
                          attempt.end() == End.REFUSED
                              && attempt.act().equals(ok.act())
                              && attempt.invokedMs() <= ok.endedMs()
                              && attempt.invokedMs() > thereMs);
          if (refused) {
            found("refused what they held", attempts);
          }
        });
  }

  /** What is numbered together. */
  private static String kindOf(Act act) {
    if (act instanceof Ask ask) {
      return ask.kind() + ' ' + ask.thing();
    }
    return act instanceof Buy buy ? buy.sale() : "";
  }

  private static OptionalLong numberOf(Attempt ok) {
    if (ok.act() instanceof Ask ask) {
      return KindModel.of(ask.kind()).number(JsonMapper.shared().readTree(ok.answer()));
    }
    return ok.act() instanceof Say || ok.act() instanceof Buy
        ? OptionalLong.of(Long.parseLong(ok.answer().substring(ok.answer().lastIndexOf('-') + 1)))
        : OptionalLong.empty();
  }

  /**
   * Whether its sender has used the id for another danmaku at a node that could not ask Redis: that
   * node showed it, though its answer may not have been heard, and stands by it.
   */
  private static boolean wasShownOtherwise(
      Attempt granted, Attempt refused, List<Attempt> attempts) {
    return refused.answer().equals("conflict")
        && attempts.stream()
            .anyMatch(
                attempt ->
                    Set.of(Attempt.NOT_KEPT, "").contains(attempt.answer())
                        && attempt.act() instanceof Say
                        && attempt.node().equals(refused.node())
                        && attempt.invokedMs() < refused.endedMs()
                        && !attempt.act().equals(granted.act()));
  }

  // ---- one story

  private void checkStreams() {
    History.Outcome outcome = history.outcome();
    for (Stream stream : history.streams()) {
      if (stream.epoch() != outcome.epoch() && !outcome.losesLast()) {
        found(stream.client() + " was in another epoch, and nothing was lost");
        continue;
      }
      checkStream(stream);
      if (stream.isLive() && stream.epoch() != outcome.epoch()) {
        found(stream.client() + " was never told of epoch " + outcome.epoch());
      }
    }
  }

  private void checkStream(Stream stream) {
    TreeMap<Long, Event> story = heard.get(stream.epoch());
    long missing = 0;
    long at = stream.from();
    for (Event event : stream.events()) {
      if (event.seq() <= at) {
        found("%s heard %d after %d".formatted(stream.client(), event.seq(), at));
      }
      missing += Math.max(0, event.seq() - at - 1);
      if (missing > stream.shed()) {
        found("%s heard %d after %d".formatted(stream.client(), event.seq(), at));
        missing = 0;
      }
      at = event.seq();
      Event known = story.get(at);
      if (!known.json().equals(event.json())) {
        found("two stories of %d: %s and %s".formatted(at, known.json(), event.json()));
      }
    }
    long newest = history.outcome().seq();
    if (stream.epoch() == history.outcome().epoch()) {
      if (at > newest) {
        found("%s heard of %d, and %d is the newest".formatted(stream.client(), at, newest));
      } else if (stream.isLive() && at + stream.shed() < newest) {
        found("%s heard up to %d of %d".formatted(stream.client(), at, newest));
      }
    }
  }

  /** What is kept is what was told; of an epoch that is over, a beginning of it. */
  private void checkStory() {
    for (long seq = 1; seq <= history.outcome().seq(); seq++) {
      if (!kept.containsKey(seq)) {
        found("whoever comes back from the beginning is not told " + seq);
      }
    }
    heard.forEach(this::checkBeginning);
    Map<Long, Event> last = heard.getOrDefault(history.outcome().epoch(), new TreeMap<>());
    for (long seq = history.outcome().losesLast() ? firstTold() : 1;
        seq <= history.outcome().seq();
        seq++) {
      if (!last.containsKey(seq)) {
        found("nobody was told " + seq);
      }
    }
  }

  /** Danmaku alone tell when they were said: a sale may open twice under one number. */
  private void checkBeginning(long epoch, TreeMap<Long, Event> story) {
    boolean isOver = epoch != history.outcome().epoch();
    Event survivor = isOver || story.isEmpty() ? null : story.lastEntry().getValue();
    for (Event event : story.descendingMap().values()) {
      if (survivor == null && event.text() != null && isKept(event)) {
        survivor = event;
      } else if (survivor != null && !isKept(event)) {
        found(
            "told in epoch %d and not kept: %s, and later there is %s"
                .formatted(epoch, event.json(), survivor.json()));
      }
    }
  }

  /**
   * What comes before was told to those who live through the beginning of an epoch as it was; and
   * so it is when all of them have left, before others come.
   */
  private long firstTold() {
    return history.streams().stream()
        .filter(stream -> stream.isLive() && stream.epoch() == history.outcome().epoch())
        .mapToLong(stream -> stream.from() + 1)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private boolean isKept(Event event) {
    Event same = kept.get(event.seq());
    return same != null && same.json().equals(event.json());
  }

  private List<Event> danmaku() {
    return kept.values().stream().filter(event -> event.text() != null).toList();
  }

  private void checkDanmaku() {
    Map<String, Attempt> byText = new HashMap<>();
    forGranted(
        Say.class,
        ok -> {
          Say say = (Say) ok.act();
          byText.put(say.text(), ok);
          if (!isSaid(say, ok)) {
            found("acknowledged and not there: danmaku " + ok.answer(), led(ok));
          }
        });
    Set<String> texts = new HashSet<>();
    for (Event said : danmaku()) {
      Attempt ok = byText.get(said.text());
      if (!texts.add(said.text())) {
        found("said twice: " + said.json(), ok == null ? List.of() : led(ok));
      } else if (ok == null && !mayBeKept(said)) {
        found("nobody was granted this: " + said.json(), all(new Say(said.text())));
      }
    }
  }

  /** Somebody was told that it is not kept, which the server cannot know when Redis is silent. */
  private boolean mayBeKept(Event said) {
    return all(new Say(said.text())).stream()
        .anyMatch(attempt -> attempt.answer().equals(Attempt.NOT_KEPT));
  }

  private List<Attempt> led(Attempt attempt) {
    return requests.get(attempt.request());
  }

  private List<Attempt> all(Act act) {
    return requests.values().stream()
        .flatMap(List::stream)
        .filter(attempt -> attempt.act().equals(act))
        .toList();
  }

  // ---- stock

  private void checkStock() {
    history
        .samples()
        .forEach(
            sample ->
                checkBooks(
                    "sale %s at %,d ms on %s"
                        .formatted(sample.sale(), sample.atMs(), sample.node()),
                    sample.books()));
    history
        .outcome()
        .sales()
        .forEach(
            (id, books) -> {
              checkBooks("sale " + id, books);
              long reserved = units(id, "reserved");
              long paid = units(id, "paid");
              if (reserved != books.reserved() || paid != books.paid()) {
                found(
                    "sale %s: %s, and its orders hold %d reserved, %d paid"
                        .formatted(id, books, reserved, paid));
              }
            });
  }

  private void checkBooks(String what, Books books) {
    if (books.available() < 0
        || books.reserved() < 0
        || books.paid() < 0
        || books.available() + books.reserved() + books.paid() != books.stock()) {
      found(what + ": " + books);
    }
  }

  private long units(String sale, String status) {
    return history.outcome().orders().values().stream()
        .filter(order -> order.sale().equals(sale) && order.status().equals(status))
        .mapToLong(Order::quantity)
        .sum();
  }

  // ---- orders

  /** The attempts of which one may have led to this order. */
  private List<Attempt> refusedBuys(Order order) {
    return requests.values().stream()
        .flatMap(List::stream)
        .filter(
            attempt ->
                attempt.act() instanceof Buy buy
                    && attempt.sender().equals(order.viewer())
                    && buy.sale().equals(order.sale())
                    && buy.quantity() == order.quantity()
                    && !granted.containsKey(attempt.request()))
        .toList();
  }

  private void checkOrders() {
    Map<String, Order> orders = history.outcome().orders();
    Map<String, Attempt> bought = new HashMap<>();
    forGranted(
        Buy.class,
        ok -> {
          Buy buy = (Buy) ok.act();
          Order order = orders.get(ok.answer());
          if (order == null) {
            found("acknowledged and not there: order " + ok.answer(), led(ok));
          } else if (!order.viewer().equals(ok.sender())
              || !order.sale().equals(buy.sale())
              || order.quantity() != buy.quantity()) {
            found("another order than was asked for: " + order, led(ok));
          }
          Attempt other = bought.put(ok.answer(), ok);
          if (other != null) {
            found("one order for two requests: " + ok.answer(), List.of(other, ok));
          }
        });
    orders.forEach(
        (id, order) -> {
          if (!bought.containsKey(id)) {
            found("an order nobody was granted: " + id + " " + order, refusedBuys(order));
          }
          checkStatus(id, order);
        });
  }

  private void checkStatus(String id, Order order) {
    List<Attempt> led = aboutOrders.getOrDefault(id, List.of());
    boolean cancelled = isGranted(led, Cancel.class);
    boolean paid = isGranted(led, Pay.class);
    boolean refunded = isGranted(led, Refund.class);
    String status = order.status();
    boolean wasPaid = Set.of("paid", "refunded", "refund_due").contains(status);
    if (cancelled && !status.equals("cancelled") && !wasPaid
        || paid && !wasPaid
        || refunded && !status.equals("refunded")) {
      found("acknowledged and not there: order %s is %s".formatted(id, status), led);
    }
    if (status.equals("cancelled") && !cancelled
        || wasPaid && !paid
        || status.equals("refunded") && !refunded) {
      found("nobody was granted this: order %s is %s".formatted(id, status), led);
    }
  }

  private static boolean isGranted(List<Attempt> attempts, Class<? extends Act> kind) {
    return attempts.stream()
        .anyMatch(attempt -> attempt.end() == End.OK && kind.isInstance(attempt.act()));
  }

  // ---- entries

  private void checkEntries() {
    Map<String, Map<String, Attempt>> entered = new HashMap<>();
    forGranted(
        Enter.class,
        ok -> {
          String lottery = ((Enter) ok.act()).lottery();
          Attempt other =
              entered.computeIfAbsent(lottery, any -> new HashMap<>()).putIfAbsent(ok.sender(), ok);
          if (other != null) {
            found("entered twice", List.of(other, ok));
          }
        });
    history
        .outcome()
        .lotteries()
        .forEach(
            (id, lottery) -> {
              Map<String, Attempt> theirs = entered.getOrDefault(id, Map.of());
              if (!lottery.isCancelled()) {
                theirs.forEach(
                    (viewer, ok) -> {
                      if (!lottery.entrants().contains(viewer)) {
                        found("acknowledged and not there: an entry in " + id, led(ok));
                      }
                    });
                for (String viewer : lottery.entrants()) {
                  if (!theirs.containsKey(viewer)) {
                    found("nobody was granted this: %s in %s".formatted(viewer, id));
                  }
                }
              }
            });
  }

  // ---- things of the kinds of interaction

  private void checkThings() {
    Map<String, List<List<Attempt>>> asked = new HashMap<>();
    for (List<Attempt> attempts : requests.values()) {
      if (attempts.get(0).act() instanceof Ask ask) {
        asked.computeIfAbsent(ask.thing(), any -> new ArrayList<>()).add(attempts);
      }
    }
    Map<String, List<JsonNode>> told = byThing(kept.values());
    Map<String, List<JsonNode>> toldToAny =
        byThing(
            heard.values().stream().flatMap(story -> story.values().stream()).distinct().toList());
    for (Thing thing : history.outcome().things()) {
      Evidence evidence =
          new Evidence(
              thing,
              asked.getOrDefault(thing.id(), List.of()),
              told.getOrDefault(thing.id(), List.of()),
              toldToAny.getOrDefault(thing.id(), List.of()));
      ThingsChecker.check(evidence, this::found);
      KindModel.of(thing.kind())
          .due(
              evidence,
              (viewer, reason, ref, points) ->
                  dueForThings
                      .computeIfAbsent(viewer, any -> new HashMap<>())
                      .merge(reason + ' ' + ref, points, Long::sum));
    }
  }

  /** Each event is about one thing at most, which it names by its kind. */
  private Map<String, List<JsonNode>> byThing(Collection<Event> events) {
    Map<String, List<JsonNode>> byThing = new HashMap<>();
    for (Event event : events) {
      for (KindModel model : KindModel.ALL) {
        if (event.text() == null && event.json().contains("\"" + model.kind() + '.')) {
          JsonNode told = JsonMapper.shared().readTree(event.json());
          JsonNode thing = told.path(model.kind());
          String id = thing.isString() ? thing.asString() : thing.path("id").asString("");
          byThing.computeIfAbsent(id, any -> new ArrayList<>()).add(told);
        }
      }
    }
    return byThing;
  }

  // ---- points

  private void checkPoints() {
    history
        .outcome()
        .accounts()
        .forEach(
            (viewer, account) -> {
              long sum = account.ledger().stream().mapToLong(Line::delta).sum();
              if (sum != account.points()) {
                found(
                    "%s has %d points, and their ledger says %d"
                        .formatted(viewer, account.points(), sum));
              }
              checkLedger(viewer, account);
            });
  }

  private void checkLedger(String viewer, Account account) {
    Map<String, Long> posted = new HashMap<>();
    for (Line line : account.ledger()) {
      if (!AWARDED_UNASKED.contains(line.reason())) {
        String ref = DAY.matcher(line.ref()).matches() ? "" : line.ref();
        posted.merge(line.reason() + " " + ref, line.delta(), Long::sum);
      }
    }
    Map<String, Long> due = due(viewer, posted);
    Set<String> reasons = new HashSet<>(due.keySet());
    reasons.addAll(posted.keySet());
    for (String reason : reasons) {
      if (!Objects.equals(due.getOrDefault(reason, 0L), posted.getOrDefault(reason, 0L))) {
        found(
            "%s is due %d points for %s and has %d"
                .formatted(
                    viewer, due.getOrDefault(reason, 0L), reason, posted.getOrDefault(reason, 0L)));
      }
    }
  }

  /** By reason and reference: what a viewer should have been given, or have had taken. */
  private Map<String, Long> due(String viewer, Map<String, Long> posted) {
    Map<String, Long> due = new HashMap<>(dueForThings.getOrDefault(viewer, Map.of()));
    danmaku().stream()
        .filter(said -> said.speaker().equals(viewer))
        .forEach(said -> due.merge("danmaku ", 1L, Long::sum));
    forGranted(
        Grant.class,
        ok -> {
          Grant grant = (Grant) ok.act();
          if (grant.viewer().equals(viewer)) {
            due.put("gift " + grant.ref(), grant.delta());
          }
        });
    history
        .outcome()
        .orders()
        .forEach(
            (id, order) -> {
              long earned = order.amountCents() / 100;
              if (!order.viewer().equals(viewer)) {
                return;
              }
              // One that was paid when nothing was left has earned nothing.
              if (order.status().equals("refunded") && posted.containsKey("order " + id)) {
                due.put("order " + id, earned);
                due.put("refund " + id, -earned);
              } else if (order.status().equals("paid")) {
                due.put("order " + id, earned);
              }
            });
    forGranted(
        Enter.class,
        ok -> {
          String id = ((Enter) ok.act()).lottery();
          Lottery lottery = history.outcome().lotteries().get(id);
          if (ok.sender().equals(viewer) && lottery != null && lottery.cost() > 0) {
            due.put("lottery " + id, -lottery.cost());
            if (lottery.isCancelled()) {
              due.put("lottery.refund " + id, lottery.cost());
            }
          }
        });
    return due;
  }
}
