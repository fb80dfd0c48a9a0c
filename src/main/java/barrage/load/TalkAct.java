package barrage.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** Danmaku at a rate, each of which everybody is to hear of once. */
final class TalkAct implements Act {
  private static final long AUDIT_WITHIN_MS = 15_000;
  private static final long LOOK_EVERY_MS = 20;

  private final Stage stage;
  private final DanmakuLedger ledger;

  TalkAct(Stage stage, DanmakuLedger ledger) {
    this.stage = stage;
    this.ledger = ledger;
  }

  @Override
  public void begin(Stage.Span span) {
    double rate = stage.scenario().talk().rate();
    for (Shard shard : stage.shards()) {
      shard.execute(
          () ->
              shard.plan(
                  stage.atRate(rate, span, span.startNanos(), shard),
                  due -> {
                    LoadViewer viewer = shard.next(v -> v.tier() != null);
                    if (viewer != null) {
                      say(viewer, due);
                    }
                  }));
    }
  }

  private void say(LoadViewer viewer, long due) {
    int number = ledger.add(viewer.number(), due);
    viewer.say(
        stage.nextRequest(),
        ledger.text(number),
        due,
        new LoadViewer.Outcome() {
          @Override
          public void onOk(JsonNode answer) {
            ledger.onOk(number, answer.path("seq").asLong(0));
          }

          @Override
          public void onRefused(String code) {
            ledger.onRefused(number);
          }

          @Override
          public void onUnknown() {
            ledger.onUnknown(number);
          }
        });
  }

  @Override
  public List<String> judge() throws InterruptedException {
    DanmakuLedger.Findings found = ledger.findings();
    List<String> broken = new ArrayList<>(found.broken());
    if (!found.unheard().isEmpty()) {
      audit(found.unheard(), broken);
    }
    return broken;
  }

  /**
   * What everybody was shed has to be in the history: a resume is exempt from the reading limit.
   */
  private void audit(List<Long> unheard, List<String> broken) throws InterruptedException {
    long first = unheard.stream().mapToLong(Long::longValue).min().orElse(1);
    long last = unheard.stream().mapToLong(Long::longValue).max().orElse(1);
    Shard shard = stage.shards().get(0);
    LoadViewer somebody = shard.viewers().get(0);
    RoomClient.Position at = somebody.position();
    if (at == null) {
      broken.add(unheard.size() + " accepted danmaku were heard by nobody");
      return;
    }
    Auditor auditor = new Auditor();
    RoomClient.Target target =
        new RoomClient.Target(
            stage.server(),
            stage.scenario().room(),
            stage.tokensOf(somebody),
            0,
            new RoomClient.Position(at.epoch(), first - 1));
    RoomClient client = stage.clients().open(target, auditor);
    try {
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(AUDIT_WITHIN_MS);
      while (System.nanoTime() - deadline < 0 && !auditor.isDone(last)) {
        Thread.sleep(LOOK_EVERY_MS);
      }
    } finally {
      client.close();
    }
    long lost = unheard.stream().filter(seq -> !auditor.heard.contains(seq)).count();
    if (lost > 0) {
      broken.add(
          lost
              + " accepted danmaku were heard by nobody"
              + (auditor.resumed ? " and are not in the history" : ", and the history is gone"));
    }
    ledger.onLost(lost);
  }

  private static final class Auditor implements FrameListener {
    final Set<Long> heard = ConcurrentHashMap.newKeySet();
    private volatile long covered;
    private volatile boolean over;
    volatile boolean resumed;

    boolean isDone(long last) {
      return over || covered >= last;
    }

    @Override
    public void onWelcome(JsonNode welcome) {
      resumed = welcome.path("resumed").asBoolean(false);
      over = !resumed;
    }

    @Override
    public void onFrame(EventsFrame frame) {
      frame.events().forEach(event -> heard.add(event.seq()));
      covered = frame.covered();
    }

    @Override
    public void onDisconnected(int code, boolean again) {
      over = true;
    }
  }
}
