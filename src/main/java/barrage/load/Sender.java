package barrage.load;

import barrage.core.ViewerId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One who speaks in a replay, on schedule whatever the answers say. Connects shortly before its
 * first line and leaves when it has nothing to say for a while. Confined to the replay's thread.
 */
final class Sender implements RoomClient.Listener {
  /** How long before its next line it begins to connect. */
  static final long LEAD_MS = 2_000;

  private static final long LEAVE_WHEN_IDLE_MS = 10_000;
  private static final long FIRST_PAUSE_MS = 100;
  private static final long MAX_PAUSE_MS = 2_000;

  /** What fits into a frame of 4 KiB however JSON escapes it; a room takes 100 code points. */
  private static final int MAX_CHARS = 600;

  private final Replay replay;
  private final ViewerId viewer;
  private final List<Utterance> script;

  /** Lines whose time has come before the connection had. */
  private final Deque<Utterance> due = new ArrayDeque<>();

  private int next;
  private int underWay;
  private @Nullable RoomClient client;
  private boolean in;

  /**
   * @param script in the order of time, at least one
   */
  Sender(Replay replay, ViewerId viewer, List<Utterance> script) {
    this.replay = replay;
    this.viewer = viewer;
    this.script = script;
  }

  void begin() {
    awaitNext();
    scheduleEntry();
  }

  @Override
  public boolean wantsEvents() {
    return false;
  }

  // ---- coming and going

  private void scheduleEntry() {
    replay.at(script.get(next).dueMs() - LEAD_MS, () -> replay.connections().acquire(this::enter));
  }

  private void enter() {
    replay
        .handshakes()
        .acquire(
            () -> {
              RoomClient entering = replay.open(viewer, this);
              client = entering;
              replay.whenDone(
                  entering.joined(),
                  (welcome, failure) -> {
                    replay.handshakes().release();
                    if (failure == null) {
                      onJoined();
                    } else {
                      onRefused();
                    }
                  });
            });
  }

  private void onJoined() {
    in = true;
    while (!due.isEmpty()) {
      speak(due.remove());
    }
    leaveWhenIdle();
  }

  /** It never got in, after all the tries there are: nothing of it will be said. */
  private void onRefused() {
    client = null;
    replay.connections().release();
    due.addAll(script.subList(next, script.size()));
    next = script.size();
    while (!due.isEmpty()) {
      finish(due.remove(), Utterance.Fate.UNANSWERED);
    }
  }

  private void leaveWhenIdle() {
    RoomClient here = client;
    boolean more = next < script.size();
    if (here == null || !in || underWay > 0 || !due.isEmpty()) {
      return;
    }
    if (more && script.get(next).dueMs() - replay.elapsedMs() < LEAVE_WHEN_IDLE_MS) {
      return;
    }
    in = false;
    client = null;
    here.close();
    replay.connections().release();
    if (more) {
      scheduleEntry();
    }
  }

  // ---- speaking

  private void awaitNext() {
    if (next < script.size()) {
      Utterance line = script.get(next);
      replay.at(line.dueMs(), () -> onDue(line));
    }
  }

  private void onDue(Utterance line) {
    if (next >= script.size()) {
      return; // Refused in the meantime.
    }
    next++;
    if (in) {
      speak(line);
    } else {
      due.add(line);
    }
    awaitNext();
  }

  private void speak(Utterance line) {
    underWay++;
    if (line.danmaku().text().length() > MAX_CHARS) {
      replay.onRefused("too_large");
      underWay--;
      finish(line, Utterance.Fate.REFUSED);
      leaveWhenIdle();
      return;
    }
    replay.onSent(line);
    attempt(line);
  }

  private void attempt(Utterance line) {
    RoomClient here = client;
    if (here == null) {
      throw new IllegalStateException("left with a line under way");
    }
    line.countTry();
    replay.whenDone(
        here.say(line.id(), line.danmaku()),
        (answer, failure) -> {
          if (failure != null || isWorthRepeating(line, answer)) {
            repeat(line, answer == null ? 0 : answer.path("retryAfterMs").asLong(0));
          } else {
            underWay--;
            onAnswer(here, line, answer);
            leaveWhenIdle();
          }
        });
  }

  /** The outcome is unknown, or that of an earlier try is and this one was refused by haste. */
  private static boolean isWorthRepeating(Utterance line, JsonNode answer) {
    return switch (answer.path("code").asString("")) {
      case "busy", "unavailable" -> true;
      case "rate_limited", "slow_mode" -> line.tries() > 1;
      default -> false;
    };
  }

  private void repeat(Utterance line, long afterMs) {
    if (replay.isTooLate(line)) {
      underWay--;
      finish(line, Utterance.Fate.UNANSWERED);
      leaveWhenIdle();
      return;
    }
    long most = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS << Math.min(line.tries(), 10));
    long pauseMs = Math.max(afterMs, most / 2 + ThreadLocalRandom.current().nextLong(most / 2));
    replay.at(replay.elapsedMs() + pauseMs, () -> attempt(line));
  }

  private void onAnswer(RoomClient here, Utterance line, JsonNode answer) {
    RoomClient.Position known = here.position();
    if (answer.path("type").asString("").equals("error")) {
      replay.onRefused(answer.path("code").asString(""));
      finish(line, Utterance.Fate.REFUSED);
    } else if (answer.path("seq").isNumber() && known != null) {
      line.keptAt(new RoomClient.Position(known.epoch(), answer.path("seq").asLong()));
      finish(line, Utterance.Fate.KEPT);
    } else {
      finish(line, Utterance.Fate.NOT_KEPT);
    }
  }

  private void finish(Utterance line, Utterance.Fate fate) {
    line.finish(fate);
    replay.onFinished();
  }
}
