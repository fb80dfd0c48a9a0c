package barrage;

import barrage.activity.Play;
import barrage.core.Danmaku;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.load.RoomClient;
import barrage.load.RoomClients;
import barrage.load.TokenSource;
import barrage.wire.Messages;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * Synthetic viewers who chat, tap and take part in shows in a room, so that who starts a server to
 * have a look finds it alive. They come over the protocol like everyone else, and the rules hold
 * for them. Their ids begin with {@code demo-}, and their names say what they are.
 */
final class DemoCrowd implements AutoCloseable {
  /** Between two danmaku of one viewer, on average. */
  private static final long PAUSE_MS = 15_000;

  private static final long COMES_BACK_FOR_MS = 60_000;
  private static final int TAPS_AT_MOST = 8;
  private static final String MARK = " (demo)";

  private static final List<String> NAMES =
      List.of(
          "小鱼", "阿花", "糖豆", "老王", "Momo", "西瓜", "小北", "阿杰", "Luna", "豆包", "可可", "大熊", "Nana", "七七",
          "阿飞", "桃子", "Leo", "青柠", "小满", "晚风");
  private static final List<String> LINES =
      List.of(
          "来了来了",
          "主播好!",
          "666",
          "哈哈哈哈",
          "前排",
          "这个颜色好看",
          "有没有优惠?",
          "已关注",
          "第一次来",
          "想要同款",
          "音乐好好听",
          "太强了",
          "求链接",
          "打卡",
          "晚上好呀",
          "笑死我了",
          "主播今天状态不错",
          "支持支持",
          "冲冲冲",
          "好喝吗?",
          "nice!",
          "hello from far away",
          "慢一点,没看清",
          "再来一次",
          "这波可以",
          "爱了爱了",
          "蹲一个抽奖",
          "什么时候开始?");

  private final RoomClients clients = new RoomClients(1);
  private final ScheduledExecutorService mood =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "demo-crowd");
            thread.setDaemon(true);
            return thread;
          });

  /** For the thread {@code demo-crowd}. */
  private final Random random = new Random();

  private final List<Someone> crowd = new CopyOnWriteArrayList<>();
  private final String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
  private long said;

  private final DemoShows shows;

  private DemoCrowd(URI server, RoomId room, Supplier<String> till) {
    shows = new DemoShows(server, room, Kinds.ALL, crowd, this::later, till);
  }

  /**
   * Lets them come, and returns at once.
   *
   * @param tokens gives each a token
   */
  static DemoCrowd gather(URI server, RoomId room, int size, Function<Viewer, String> tokens) {
    Viewer till = new Viewer(new ViewerId("demo-till"), "till" + MARK, Role.SERVICE);
    DemoCrowd demo = new DemoCrowd(server, room, () -> tokens.apply(till));
    for (int i = 0; i < size; i++) {
      String name = NAMES.get(i % NAMES.size()) + MARK;
      Viewer viewer = new Viewer(new ViewerId("demo-crowd-" + i), name, Role.VIEWER);
      TokenSource source =
          refused -> CompletableFuture.completedFuture(Optional.of(tokens.apply(viewer)));
      RoomClient.Target target = new RoomClient.Target(server, room, source, COMES_BACK_FOR_MS);
      demo.crowd.add(demo.new Someone(target, i == 0));
    }
    demo.next();
    return demo;
  }

  private void next() {
    long pauseMs = PAUSE_MS / crowd.size();
    var unused =
        mood.schedule(
            this::onMood, pauseMs / 2 + random.nextLong(pauseMs + 1), TimeUnit.MILLISECONDS);
  }

  private void onMood() {
    Someone someone = crowd.get(random.nextInt(crowd.size()));
    if (random.nextInt(3) == 0) {
      someone.tap(1 + random.nextInt(TAPS_AT_MOST));
    } else {
      String line = LINES.get(random.nextInt(LINES.size()));
      someone.say(run + "-" + said++, line);
    }
    next();
  }

  private void later(long ms, Runnable act) {
    if (!mood.isShutdown()) {
      var unused = mood.schedule(act, ms, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    mood.shutdownNow();
    clients.close();
  }

  /** One of them. */
  private final class Someone implements RoomClient.Listener, DemoShows.Guest {
    private final RoomClient client;
    private final boolean listens;
    private long taps;

    /**
     * @param listens whether this is the one that hears of shows for all of them
     */
    Someone(RoomClient.Target target, boolean listens) {
      this.listens = listens;
      client = clients.open(target, this);
    }

    @Override
    public CompletableFuture<JsonNode> buy(String id, String sale) {
      return client.request("sale.buy", id, json -> json.writeStringProperty("sale", sale));
    }

    @Override
    public void enter(String id, String lottery) {
      var unused =
          client.request("lottery.enter", id, json -> json.writeStringProperty("lottery", lottery));
    }

    @Override
    public void ask(String id, Play.Move move) {
      var unused =
          client.request(
              move.type(),
              id,
              json -> move.fields().forEach((name, value) -> Messages.property(json, name, value)));
    }

    @Override
    public void say(String id, String text) {
      Danmaku danmaku = new Danmaku(text, Danmaku.Mode.SCROLL, Danmaku.DEFAULT_COLOR);
      // Whatever comes of it: a refusal is part of the game, a lost connection comes back.
      var unused = client.say(id, danmaku);
    }

    @Override
    public boolean wantsEvents() {
      return listens;
    }

    @Override
    public void onEvents(long seq, JsonNode events) {
      shows.onEvents(events);
    }

    /** A new connection begins to count anew. */
    @Override
    public void onWelcome(JsonNode welcome) {
      startOver();
      if (listens) {
        shows.onWelcome(welcome);
      }
    }

    private synchronized void startOver() {
      taps = 0;
    }

    @Override
    public synchronized void tap(int more) {
      taps += more;
      client.like(taps);
    }
  }
}
