package barrage.redis;

import static barrage.redis.Batches.commit;
import static barrage.redis.Batches.grant;
import static barrage.redis.Batches.say;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Entry;
import barrage.core.RoomId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rooms of a real Redis, sound ones and ones that were damaged by hand. */
class AuditTest {
  private final RoomId room = RedisFixture.freshRoom();
  private RedisSocket redis;

  @BeforeEach
  void open() throws IOException {
    redis = RedisFixture.socket();
  }

  @AfterEach
  void close() {
    redis.close();
  }

  private Audit audit() {
    return Audit.of(RedisFixture.uri(), room);
  }

  private String key(String name) {
    return "{" + room + "}:" + name;
  }

  private void hset(String key, String... fieldsAndValues) throws IOException {
    List<String> command = new ArrayList<>(List.of("HSET", key(key)));
    command.addAll(List.of(fieldsAndValues));
    String answer = redis.ask(command.toArray(String[]::new));
    assertTrue(answer.matches("\\d+"), answer);
  }

  /** Three viewers with balances and a sale of 10 units: 2 reserved, 3 paid, 1 of them held. */
  private void aSoundRoom() throws IOException {
    try (RedisStore store = RedisStore.connect(RedisFixture.uri(), "audited")) {
      commit(
          store,
          room,
          say("ann", "1", "hello"),
          grant("1", "ann", 100, 600, "a"),
          grant("2", "bob", 50, 0, "b"),
          grant("3", "bob", -20, 0, "c"),
          say("cat", "1", "hello"));
    }
    hset("sale:s1", "stock", "10", "free", "4", "held", "1", "reserved", "2", "paid", "3");
    hset("sale:s1", "orders", "5", "json", "{}");
    hset("sale:s1:buyers", "ann", "2 0", "bob", "3 1", "cat", "0 0");
    hset(
        "orders",
        "s1-1",
        "s1 ann 2 200 CNY reserved 99 2 0 - - 0 0 1",
        "s1-2",
        "s1 bob 3 300 CNY paid 99 2 1 ref - 4 3 1",
        "s1-3",
        "s1 bob 1 100 CNY expired 99 1 0 - - 0 0 1",
        "s1-4",
        "s1 cat 1 100 CNY refunded 99 1 0 ref back 2 2 1",
        "s1-5",
        "s1 cat 1 100 CNY refund_due 99 1 0 ref - 0 0 1");
    hset("ledger:bob", "order s1-2", "1 4 3 3 order");
    hset("ledger:cat", "order s1-4", "1 2 2 2 order", "refund s1-4", "1 -2 -2 0 refund");
    hset("points", "bob", "34");
    hset("growth", "bob", "3");
  }

  @Test
  void aSoundRoom_agrees() throws IOException {
    aSoundRoom();
    assertEquals(
        new Audit(
            List.of("balances: 3 viewers, 8 ledger lines", "sales: 1, 5 orders, 3 buyers"),
            List.of()),
        audit());
  }

  @Test
  void aRoomThatNeverWas_isTold() {
    assertEquals(List.of("there is no room " + room), audit().faults());
  }

  @Test
  void aRoomWithNothingInIt_agrees() {
    try (RedisStore store = RedisStore.connect(RedisFixture.uri(), "audited")) {
      Batches.await(store.open(room));
    }
    assertEquals(List.of(), audit().faults());
  }

  // Damage

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void damage_isNamed(String fault, List<String> damage) throws IOException {
    aSoundRoom();
    List<String> command = new ArrayList<>(damage);
    command.set(1, key(command.get(1)));
    redis.ask(command.toArray(String[]::new));
    List<String> faults = audit().faults();
    assertTrue(faults.contains(fault), () -> "among " + faults);
  }

  static Stream<Arguments> damage_isNamed() {
    return Stream.of(
        damage(
            "viewer ann: points 102, but the ledger sums to 101", "HINCRBY", "points", "ann", "1"),
        damage("viewer bob: growth 0, but the ledger sums to 3", "HDEL", "growth", "bob"),
        damage("viewer dan: points 5, but the ledger sums to 0", "HSET", "points", "dan", "5"),
        damage("viewer dan: growth 5, but the ledger sums to 0", "HSET", "growth", "dan", "5"),
        damage(
            "viewer ann: points much, but the ledger sums to 101", "HSET", "points", "ann", "much"),
        damage(
            "viewer bob: points 34, but the ledger sums to 4",
            "HDEL",
            "ledger:bob",
            "grant b",
            "grant c"),
        damage("viewer bob: points 34, but the ledger sums to 0", "DEL", "ledger:bob"),
        damage(
            "viewer eve: points 0, but the ledger sums to 7",
            "HSET",
            "ledger:eve",
            "grant x",
            "1 7 0 0 gift"),
        damage(
            "viewer ann: the ledger line 'grant a' is damaged",
            "HSET",
            "ledger:ann",
            "grant a",
            "many"),
        damage("viewer e e: not a viewer id", "HSET", "ledger:e e", "grant x", "1 0 0 0 gift"),
        damage(
            "viewer ann: the ledger has order s1-9, which they never paid",
            "HSET",
            "ledger:ann",
            "order s1-9",
            "1 0 0 0 order"),
        damage(
            "viewer ann: the ledger has order s1-1, which they never paid",
            "HSET",
            "ledger:ann",
            "order s1-1",
            "1 2 2 2 order"),
        damage(
            "viewer ann: the ledger has order s1-2, which they never paid",
            "HSET",
            "ledger:ann",
            "refund s1-2",
            "1 -4 -3 0 refund"),
        damage(
            "sale s1: free 5 + held 1 + reserved 2 + paid 3 is 11, but its stock 10",
            "HSET",
            "sale:s1",
            "free",
            "5"),
        damage("sale s1: free is -1", "HSET", "sale:s1", "free", "-1"),
        damage("sale s1: held is -1", "HSET", "sale:s1", "held", "-1"),
        damage("sale s1: stock is not there or damaged", "HDEL", "sale:s1", "stock"),
        damage("sale s1: paid is not there or damaged", "HSET", "sale:s1", "paid", "3.5"),
        damage(
            "sale s1: reserved 3, but its reserved orders hold 2",
            "HSET",
            "sale:s1",
            "reserved",
            "3"),
        damage("sale s1: paid 2, but its paid orders hold 3", "HSET", "sale:s1", "paid", "2"),
        damage("sale s1: order s1-3 is not there", "HDEL", "orders", "s1-3"),
        damage("sale s1: order s1-3 is damaged", "HSET", "orders", "s1-3", "s1 bob 1"),
        damage(
            "sale s1: order s1-3 is damaged",
            "HSET",
            "orders",
            "s1-3",
            "s1 bob 1 100 CNY lost 99 1 0 - - 0 0 1"),
        damage("sale s1: order s1-5 is not counted", "HSET", "sale:s1", "orders", "4"),
        damage(
            "sale s1: order s1-6 is not counted",
            "HSET",
            "orders",
            "s1-6",
            "s1 bob 1 100 CNY expired 99 1 0 - - 0 0 1"),
        damage(
            "order s2-1: there is no such sale",
            "HSET",
            "orders",
            "s2-1",
            "s2 bob 1 100 CNY expired 99 1 0 - - 0 0 1"),
        damage("order x: not an order's id", "HSET", "orders", "x", "s2"),
        damage(
            "sale s1: buyer ann holds 1, but their orders 2",
            "HSET",
            "sale:s1:buyers",
            "ann",
            "1 0"),
        damage("sale s1: buyer ann is damaged", "HSET", "sale:s1:buyers", "ann", "two"),
        damage("sale s1: buyer ann is not there", "HDEL", "sale:s1:buyers", "ann"),
        damage(
            "sale s1: buyer dan was never given an order", "HSET", "sale:s1:buyers", "dan", "0 0"),
        damage(
            "sale s1: buyer bob let 0 expire, but of their orders 1",
            "HSET",
            "sale:s1:buyers",
            "bob",
            "3 0"),
        damage(
            "sale s1: order s1-2 earned 4 points and 3 growth, but in the ledger 0 and 0",
            "HDEL",
            "ledger:bob",
            "order s1-2"),
        damage(
            "sale s1: order s1-2 earned 4 points and 3 growth, but in the ledger 5 and 3",
            "HSET",
            "ledger:bob",
            "order s1-2",
            "1 5 3 3 order"),
        damage(
            "sale s1: order s1-4 was refunded, but not in the ledger",
            "HDEL",
            "ledger:cat",
            "refund s1-4"));
  }

  private static Arguments damage(String fault, String... command) {
    return Arguments.of(fault, List.of(command));
  }

  // Size

  @Test
  void aLedgerOfManyLines_isSummedInPages() throws IOException {
    try (RedisStore store = RedisStore.connect(RedisFixture.uri(), "audited")) {
      for (int batch = 0; batch < 10; batch++) {
        Entry[] grants = new Entry[400];
        for (int i = 0; i < grants.length; i++) {
          String nth = batch + "-" + i;
          grants[i] = grant(nth, "ann", 3, 1, "ref-" + nth);
        }
        commit(store, room, grants);
      }
    }
    assertEquals(
        new Audit(
            List.of("balances: 1 viewers, 4000 ledger lines", "sales: 0, 0 orders, 0 buyers"),
            List.of()),
        audit());
    hset("points", "ann", "11999");
    assertEquals(
        List.of("viewer ann: points 11999, but the ledger sums to 12000"), audit().faults());
  }

  // Motion

  /**
   * As the commit script will: buys, pays, cancels, refunds, in steps that each are a commit. ARGV:
   * how many.
   */
  private static final String SHOP =
      """
      local p, n = KEYS[1], tonumber(ARGV[1])
      local function get(k, f) return tonumber(redis.call('HGET', p .. k, f) or 0) end
      local function add(k, f, by) redis.call('HINCRBY', p .. k, f, by) end
      local told = {}
      local function units(viewer, by)
        local held = tonumber(string.match(redis.call('HGET', p .. 'sale:s:buyers', viewer) or '0 0', '^%d+'))
        redis.call('HSET', p .. 'sale:s:buyers', viewer, (held + by) .. ' 0')
      end
      local function write(id, viewer, status, points)
        redis.call('HSET', p .. 'orders', id,
          's ' .. viewer .. ' 1 100 CNY ' .. status .. ' 9 1 0 - - ' .. points .. ' ' .. points .. ' 1')
        told[#told + 1] = '{"id":"' .. id .. '"}'
      end
      local function earn(viewer, line, by)
        redis.call('HSET', p .. 'ledger:' .. viewer, line, '1 ' .. by .. ' ' .. by .. ' 0 order')
        add('points', viewer, by)
        add('growth', viewer, by)
      end
      for i = 1, n do
        local last = get('sale:s', 'orders')
        local some = 's-' .. (last > 0 and redis.call('TIME')[2] * 7919 % last + 1 or 0)
        local order = redis.call('HGET', p .. 'orders', some)
        local viewer, status = string.match(order or '', '^s (%S+) 1 100 CNY (%a+)')
        if status == 'reserved' and i % 2 == 0 then
          write(some, viewer, 'paid', 3)
          add('sale:s', 'reserved', -1); add('sale:s', 'paid', 1); earn(viewer, 'order ' .. some, 3)
        elseif status == 'reserved' and i % 5 == 0 then
          write(some, viewer, 'cancelled', 0)
          add('sale:s', 'reserved', -1); add('sale:s', 'free', 1); units(viewer, -1)
        elseif status == 'paid' and i % 3 == 0 then
          write(some, viewer, 'refunded', 3)
          add('sale:s', 'paid', -1); add('sale:s', 'free', 1); units(viewer, -1)
          earn(viewer, 'refund ' .. some, -3)
        elseif get('sale:s', 'free') > 0 then
          local buyer = 'v' .. (last + 1) % 700
          add('sale:s', 'orders', 1); add('sale:s', 'free', -1); add('sale:s', 'reserved', 1)
          units(buyer, 1)
          write('s-' .. (last + 1), buyer, 'reserved', 0)
        end
      end
      local rev = redis.call('HINCRBY', p .. 'head', 'rev', 1)
      redis.call('XADD', p .. 'stream', 'MAXLEN', '~', 10000, '1-' .. rev, 'r', table.concat(told))
      return redis.call('HGET', p .. 'sale:s', 'orders')
      """;

  @Test
  void aRoomInMotion_isReadAtOneInstant() throws Exception {
    hset("head", "epoch", "1", "rev", "0");
    hset("sale:s", "stock", "5000", "free", "5000", "held", "0", "reserved", "0", "paid", "0");
    redis.ask("EVAL", SHOP, "1", key(""), "4000");
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Integer> shopping =
        CompletableFuture.supplyAsync(
            () -> {
              try (RedisSocket shop = RedisFixture.socket()) {
                int commits = 0;
                for (; !stop.get(); commits++) {
                  String answer = shop.ask("EVAL", SHOP, "1", key(""), "20");
                  assertTrue(answer.matches("\\d+"), answer);
                }
                return commits;
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    try {
      for (int i = 0; i < 10; i++) {
        assertEquals(List.of(), audit().faults());
      }
      hset("sale:s:buyers", "nobody", "1 0");
      assertEquals(List.of("sale s: buyer nobody was never given an order"), audit().faults());
    } finally {
      stop.set(true);
    }
    int commits = shopping.get();
    assertTrue(commits > 100, () -> commits + " commits meanwhile");
  }
}
