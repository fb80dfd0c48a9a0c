package barrage.faults;

import static org.awaitility.Awaitility.await;

import barrage.faults.History.Account;
import barrage.faults.History.Act;
import barrage.faults.History.Ask;
import barrage.faults.History.Attempt;
import barrage.faults.History.Books;
import barrage.faults.History.Buy;
import barrage.faults.History.Cancel;
import barrage.faults.History.End;
import barrage.faults.History.Enter;
import barrage.faults.History.Grant;
import barrage.faults.History.Line;
import barrage.faults.History.Lottery;
import barrage.faults.History.Order;
import barrage.faults.History.Pay;
import barrage.faults.History.Refund;
import barrage.faults.History.Sample;
import barrage.faults.History.Say;
import barrage.faults.History.Thing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * A streamer, a merchant and some viewers in one room on two nodes, who do what people do, each by
 * a random sequence of their own: the seed says what they ask, not how fast they are answered.
 */
final class Crowd {
  private static final int VIEWERS = 8;
  private static final int NODES = 2;
  private static final int PAUSE_MS = 25;
  private static final int SHOW_MS = 2_500;

  /** Of each kind of interaction something is begun about this often. */
  private static final int THING_MS = 1_000;

  /** For so long what is over is shown to those who come. */
  private static final int SHOWN_MS = 540_000;

  /** What ends after the run must not end while it is read how all stands. */
  private static final int NEVER_MS = 86_400_000;

  /** Requests nobody answered that one viewer has open before asking anything new. */
  private static final int PENDING = 20;

  private final long seed;
  private final Recorder recorder;
  private final Clients clients;
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final List<Throwable> faults = new CopyOnWriteArrayList<>();
  private final List<String> viewers;

  private final List<String> sales = new CopyOnWriteArrayList<>();
  private final Map<String, Long> lotteries = new ConcurrentHashMap<>(); // id -> cost
  private final Set<String> cancelled = ConcurrentHashMap.newKeySet();
  private final List<Begun> things = new CopyOnWriteArrayList<>();
  private volatile String lottery = "";
  private final Queue<String> toPay = new ConcurrentLinkedQueue<>();
  private final Queue<String> toRefund = new ConcurrentLinkedQueue<>();

  Crowd(long seed, Recorder recorder, List<Node> nodes, String room) {
    this.seed = seed;
    this.recorder = recorder;
    this.viewers = IntStream.range(0, VIEWERS).mapToObj(i -> "v" + i).toList();
    this.clients = new Clients(recorder, nodes, room, viewers);
  }

  /** Returns when the first is inside, so that somebody hears of everything. */
  void start() {
    await().until(() -> clients.devices(viewers.get(0)).get(0).hasHeard(0));
    run("host", this::host);
    for (KindModel model : KindModel.ALL) {
      run(model.kind(), random -> hostOf(model, random));
    }
    run("merchant", this::merchant);
    run("sampler", this::sampler);
    for (String viewer : viewers) {
      run(viewer, random -> new Person(viewer, random).live());
    }
  }

  private interface Life {
    void live(Random random) throws InterruptedException;
  }

  private void run(String name, Life life) {
    Random random = new Random(seed * 31 + name.hashCode());
    Thread thread =
        new Thread(
            () -> {
              try {
                life.live(random);
              } catch (Throwable e) {
                faults.add(e);
              }
            },
            name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  /** Goes on with no new requests, only until each is answered. */
  void finish() throws InterruptedException {
    over.countDown();
    for (Thread thread : threads) {
      thread.join(60_000);
      if (thread.isAlive()) {
        AssertionError stuck = new AssertionError(thread.getName() + " does not come to an end");
        stuck.setStackTrace(thread.getStackTrace());
        throw stuck;
      }
    }
    for (Throwable fault : faults) {
      throw new AssertionError("a client failed", fault);
    }
  }

  private boolean isOn(int pauseMs) throws InterruptedException {
    return !over.await(pauseMs, TimeUnit.MILLISECONDS);
  }

  // ---- viewers, and whoever else repeats what was not answered

  private class Person {
    final String name;
    final Random random;
    private final Deque<Attempt> pending = new ArrayDeque<>();
    private final List<Attempt> done = new ArrayList<>();
    private final List<String> orders = new ArrayList<>();
    private int requests;

    Person(String name, Random random) {
      this.name = name;
      this.random = random;
    }

    void live() throws InterruptedException {
      while (isOn(random.nextInt(2 * PAUSE_MS))) {
        if (!pending.isEmpty() && (pending.size() > PENDING || random.nextInt(4) == 0)) {
          again(pending.remove());
        } else {
          step();
        }
      }
      settle();
    }

    void settle() {
      long deadline = recorder.nowMs() + 30_000;
      while (!pending.isEmpty() && recorder.nowMs() < deadline) {
        again(pending.remove());
      }
    }

    void again(Attempt attempt) {
      ask(attempt.id(), attempt.act());
    }

    private void step() {
      int dice = random.nextInt(100);
      if (dice < 8) {
        clients.devices(name).get(random.nextInt(NODES)).drop();
      } else if (dice < 30 && !sales.isEmpty()) {
        String sale = sales.get(Math.max(0, sales.size() - 1 - random.nextInt(2)));
        ask(newId(), new Buy(sale, 1 + random.nextInt(3)));
      } else if (dice < 38 && !orders.isEmpty()) {
        ask(newId(), new Cancel(orders.remove(random.nextInt(orders.size()))));
      } else if (dice < 48 && !lottery.isEmpty()) {
        ask(newId(), new Enter(lottery));
      } else if (dice < 55 && !done.isEmpty()) {
        repeat(done.get(Math.max(0, done.size() - 1 - random.nextInt(10))));
      } else if (dice < 75 && !things.isEmpty()) {
        Begun begun = things.get(Math.max(0, things.size() - 1 - random.nextInt(4)));
        ask(newId(), begun.model().ask(random, begun.thing()));
      } else {
        String id = newId();
        ask(id, new Say("danmaku " + id));
      }
    }

    String newId() {
      return name + "-" + ++requests;
    }

    /** Asks, now and then on both nodes at once; what nobody answers is asked again later. */
    void ask(String id, Act act) {
      int node = random.nextInt(NODES);
      List<CompletableFuture<Attempt>> asked = new ArrayList<>();
      asked.add(clients.attempt(name, id, act, node));
      if (random.nextInt(8) == 0) {
        asked.add(clients.attempt(name, id, act, (node + 1) % NODES));
      }
      List<Attempt> attempts = asked.stream().map(CompletableFuture::join).toList();
      Attempt best =
          attempts.stream().filter(each -> each.end() == End.OK).findFirst().orElse(null);
      if (best != null) {
        onGranted(best);
      } else if (attempts.stream().anyMatch(this::isOpen)) {
        pending.add(attempts.stream().filter(this::isOpen).findFirst().orElseThrow());
      }
    }

    private boolean isOpen(Attempt attempt) {
      return attempt.end() == End.UNKNOWN && !attempt.answer().equals(Attempt.NOT_KEPT);
    }

    void onGranted(Attempt ok) {
      if (!(ok.act() instanceof Say) || random.nextInt(5) == 0) {
        done.add(ok);
      }
      if (ok.act() instanceof Buy) {
        if (random.nextBoolean()) {
          toPay.add(ok.answer());
        }
        if (random.nextInt(3) == 0) {
          orders.add(ok.answer());
        }
      }
    }

    /** Something that was granted, once more as it was or with another content. */
    private void repeat(Attempt ok) {
      boolean changed = random.nextInt(3) == 0;
      if (recorder.nowMs() - ok.endedMs() < 60_000) {
        clients
            .attempt(name, ok.id(), changed ? changed(ok.act()) : ok.act(), random.nextInt(NODES))
            .join();
      }
    }

    private Act changed(Act act) {
      if (act instanceof Buy buy) {
        return new Buy(buy.sale(), buy.quantity() + 1);
      } else if (act instanceof Ask ask) {
        return new Ask(ask.kind(), ask.type(), "another-thing", ask.fields());
      }
      return new Say("changed " + newId());
    }
  }

  // ---- the merchant

  private void merchant(Random random) throws InterruptedException {
    Person shop =
        new Person(Clients.MERCHANT, random) {
          @Override
          void onGranted(Attempt ok) {
            if (ok.act() instanceof Pay && random.nextInt(4) == 0) {
              toRefund.add(ok.answer());
            }
          }
        };
    while (isOn(PAUSE_MS)) {
      String order = toPay.poll();
      if (order != null) {
        Pay pay = new Pay(order, "pay-" + order);
        shop.ask(shop.newId(), pay);
        if (random.nextInt(4) == 0) {
          shop.ask(shop.newId(), pay); // by another key
        }
      }
      String back = random.nextInt(4) == 0 ? toRefund.poll() : null;
      if (back != null) {
        shop.ask(shop.newId(), new Refund(back, "back-" + back));
      }
      if (random.nextInt(4) == 0) {
        String id = shop.newId();
        String viewer = viewers.get(random.nextInt(VIEWERS));
        shop.ask(id, new Grant(viewer, 1 + random.nextInt(9), "gift-" + id));
      }
      if (random.nextInt(3) == 0 && !shop.pending.isEmpty()) {
        shop.again(shop.pending.remove());
      }
    }
    shop.settle();
  }

  // ---- the streamer

  private void host(Random random) throws InterruptedException {
    int shows = 0;
    do {
      String show = "show-" + ++shows;
      Map<String, Object> offer = new HashMap<>();
      offer.put("title", show);
      offer.put("priceCents", 1_200);
      offer.put("stock", 10 + random.nextInt(30));
      offer.put("opensInMs", 0);
      offer.put("durationMs", random.nextInt(4) == 0 ? 20_000 : NEVER_MS);
      offer.put("perViewerLimit", 20);
      offer.put("payMs", random.nextBoolean() ? 10_000 : NEVER_MS);
      JsonNode sale = insist(random, show, "sales", offer);
      sales.add(sale.path("id").asString());

      long cost = random.nextInt(3);
      Map<String, Object> raffle = new HashMap<>();
      raffle.put("title", show);
      raffle.put("prizes", List.of(Map.of("name", "cup", "count", 2)));
      raffle.put("durationMs", 600_000);
      raffle.put("entry", "click");
      raffle.put("conditions", Map.of("costPoints", cost));
      String id = insist(random, "raffle-" + shows, "lotteries", raffle).path("id").asString();
      lotteries.put(id, cost);
      lottery = id;
      isOn(SHOW_MS);
      lottery = "";
      boolean cancel = random.nextInt(3) == 0;
      String end = "lotteries/" + id + (cancel ? "/cancel" : "/draw");
      insist(random, "end-" + shows, end, Map.of());
      if (cancel) {
        cancelled.add(id);
      }
    } while (isOn(0));
  }

  /** A thing of some kind of interaction, as it was when it was begun. */
  private record Begun(KindModel model, JsonNode thing, long atMs) {
    String id() {
      return thing.path("id").asString();
    }

    String path() {
      return model.path() + '/' + id();
    }
  }

  private void hostOf(KindModel model, Random random) throws InterruptedException {
    int count = 0;
    do {
      String name = model.kind() + '-' + ++count;
      JsonNode thing = insist(random, name, model.path(), model.begin(random, name));
      Begun begun = new Begun(model, thing, recorder.nowMs());
      things.add(begun);
      boolean goesOn = isOn(random.nextInt(THING_MS));
      if (goesOn && random.nextInt(5) == 0) {
        cancel(begun, random);
      }
    } while (isOn(random.nextInt(THING_MS)));
  }

  private void cancel(Begun begun, Random random) {
    String path = begun.path() + "/cancel";
    JsonNode answer = answer(random, "no-" + begun.id(), path, Map.of());
    if (!answer.has("code")) {
      cancelled.add(begun.id());
    } else if (!answer.path("code").asString().equals("wrong_state")) {
      throw new AssertionError(path + ": " + answer);
    }
  }

  /** Asks, now here and now there, until it is answered. */
  private JsonNode answer(Random random, String key, String path, Map<String, ?> body) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> clients.post(random.nextInt(NODES), key, path, body), x -> x != null);
  }

  /** Asks for what cannot be refused. */
  private JsonNode insist(Random random, String key, String path, Map<String, ?> body) {
    JsonNode done = answer(random, key, path, body);
    if (done.has("code")) {
      throw new AssertionError(path + ": " + done);
    }
    return done;
  }

  // ---- how it looks meanwhile

  private void sampler(Random random) throws InterruptedException {
    while (isOn(PAUSE_MS)) {
      if (!sales.isEmpty()) {
        String sale = sales.get(Math.max(0, sales.size() - 1 - random.nextInt(3)));
        int node = random.nextInt(NODES);
        JsonNode books = clients.get(node, "sales/" + sale);
        if (books != null) {
          recorder.add(new Sample(recorder.nowMs(), "n" + node, sale, books(books)));
        }
      }
    }
  }

  private static Books books(JsonNode sale) {
    return new Books(
        sale.path("stock").asLong(),
        sale.path("available").asLong(-1),
        sale.path("reserved").asLong(-1),
        sale.path("paid").asLong(-1));
  }

  // ---- how it stands in the end

  /**
   * After {@link #finish}, on a healthy network.
   *
   * @param losesLast whether what is no promise may be lost where an epoch begins
   */
  History history(boolean losesLast) {
    awaitThings();
    Map<String, Lottery> drawn = new HashMap<>();
    lotteries.forEach(
        (id, cost) ->
            drawn.put(id, new Lottery(cost, cancelled.contains(id) ? null : tickets(id))));
    Map<String, Books> books = new HashMap<>();
    Map<String, Order> orders = new HashMap<>();
    Map<String, Account> accounts = new HashMap<>();
    do { // orders that expire meanwhile would be in the one and not yet in the other
      sales.forEach(sale -> books.put(sale, books(read("sales/" + sale))));
      sales.forEach(sale -> readOrders(sale, orders));
      viewers.forEach(viewer -> accounts.put(viewer, account(viewer)));
    } while (!sales.stream()
        .allMatch(sale -> books.get(sale).equals(books(read("sales/" + sale)))));
    JsonNode room;
    do { // a sale may end meanwhile, and they hear of that too
      room = read("");
      awaitAllHeard(room.path("seq").asLong());
    } while (read("").path("seq").asLong() != room.path("seq").asLong());
    clients.close(); // what follows is read by HTTP, and takes long enough for something to happen
    List<Map<String, JsonNode>> views = IntStream.range(0, NODES).mapToObj(this::active).toList();
    List<Thing> stand = things.stream().map(begun -> thing(begun, views)).toList();
    long epoch = room.path("epoch").asLong();
    return recorder.history(
        new History.Outcome(
            losesLast,
            epoch,
            Set.of(),
            room.path("seq").asLong(),
            story(epoch, room.path("seq").asLong()),
            books,
            orders,
            drawn,
            stand,
            accounts));
  }

  // ---- things

  /** Until each is over; one that never is, is for the checker to find. */
  private void awaitThings() {
    long deadline = recorder.nowMs() + 30_000;
    for (Begun begun : things) {
      poll(deadline, () -> isOver(begun, clients.get(0, begun.path())));
    }
  }

  private static boolean isOver(Begun begun, JsonNode stands) {
    return stands != null && begun.model().isOver(stands);
  }

  private void poll(long deadlineMs, Callable<Boolean> holds) {
    try {
      await()
          .atMost(Duration.ofMillis(Math.max(200, deadlineMs - recorder.nowMs())))
          .pollDelay(Duration.ZERO)
          .until(holds);
    } catch (ConditionTimeoutException e) {
      // the checker is shown what there is
    }
  }

  /** What a node shows to those who come, by id; when all of it is over, or soon. */
  private Map<String, JsonNode> active(int node) {
    Map<String, JsonNode> active = new HashMap<>();
    poll(
        recorder.nowMs() + 15_000,
        () -> {
          active.clear();
          for (JsonNode each : read(node, "").path("active")) {
            active.put(each.path("id").asString(""), each);
          }
          return things.stream()
              .allMatch(begun -> !isNew(begun) || isOver(begun, active.get(begun.id())));
        });
    return active;
  }

  private boolean isNew(Begun begun) {
    return recorder.nowMs() - begun.atMs() < SHOWN_MS;
  }

  private Thing thing(Begun begun, List<Map<String, JsonNode>> active) {
    List<JsonNode> stands =
        IntStream.range(0, NODES).mapToObj(node -> read(node, begun.path())).toList();
    List<JsonNode> views =
        active.stream()
            .map(byId -> byId.getOrDefault(begun.id(), MissingNode.getInstance()))
            .filter(view -> isNew(begun) || view.isObject())
            .toList();
    boolean isCancelled = cancelled.contains(begun.id());
    boolean isProven = isOver(begun, stands.get(0)) && !isCancelled;
    String proof = begun.path() + "/proof";
    return new Thing(
        begun.model().kind(),
        begun.thing(),
        isCancelled,
        stands,
        views,
        isProven ? read(proof) : clients.get(0, proof));
  }

  private void awaitAllHeard(long seq) {
    for (String viewer : viewers) {
      for (Device device : clients.devices(viewer)) {
        await(viewer + " hears of all")
            .atMost(Duration.ofSeconds(15))
            .until(() -> device.hasHeard(seq));
      }
    }
  }

  /** All that is kept, as one is told who comes back from the very beginning. */
  private List<History.Event> story(long epoch, long seq) {
    try (Device latecomer = clients.latecomer(0, epoch)) {
      await("all is told again")
          .atMost(Duration.ofSeconds(60))
          .until(() -> latecomer.hasHeard(seq));
      return latecomer.told();
    }
  }

  private JsonNode read(String path) {
    return read(0, path);
  }

  private JsonNode read(int node, String path) {
    return await()
        .atMost(Duration.ofSeconds(15))
        .pollDelay(Duration.ZERO)
        .until(() -> clients.get(node, path), x -> x != null);
  }

  private Set<String> tickets(String lottery) {
    Set<String> tickets = new HashSet<>();
    String[] lines =
        read("lotteries/" + lottery + "/proof").path("manifest").asString().split("\n");
    for (int i = 1; i < lines.length; i++) {
      tickets.add(lines[i].split("\t")[0]);
    }
    return tickets;
  }

  private void readOrders(String sale, Map<String, Order> orders) {
    String next = "";
    do {
      JsonNode page = read("orders?sale=" + sale + (next.isEmpty() ? "" : "&after=" + next));
      for (JsonNode order : page.path("orders")) {
        orders.put(
            order.path("id").asString(),
            new Order(
                sale,
                order.path("viewer").asString(),
                order.path("quantity").asInt(),
                order.path("amountCents").asLong(),
                order.path("status").asString()));
      }
      next = page.path("next").asString("");
    } while (!next.isEmpty());
  }

  private Account account(String viewer) {
    List<Line> ledger = new ArrayList<>();
    String after = "";
    do {
      JsonNode page = read("ledger?viewer=" + viewer + after);
      for (JsonNode line : page.path("entries")) {
        ledger.add(
            new Line(
                line.path("reason").asString(),
                line.path("ref").asString(),
                line.path("delta").asLong()));
      }
      String next = page.path("next").asString("");
      after = next.isEmpty() ? "" : "&after=" + next;
    } while (!after.isEmpty());
    return new Account(read("viewers/" + viewer).path("points").asLong(), ledger);
  }

  int sales() {
    return sales.size();
  }

  int lotteries() {
    return lotteries.size();
  }
}
