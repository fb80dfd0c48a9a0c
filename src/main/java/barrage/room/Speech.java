package barrage.room;

import barrage.core.Action;
import barrage.core.Danmaku;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.RequestKey;
import barrage.core.Viewer;
import barrage.rules.RuleBook;
import barrage.wire.Messages;
import barrage.wire.Splice;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Danmaku that the rules let pass: kept by the store, or, while it is away, shown here alone.
 *
 * <p>Confined to its room's loop.
 */
final class Speech {
  /** How many danmaku that the store has not answered are remembered, and for how long. */
  private static final int REMEMBERED = 10_000;

  private static final Duration REMEMBERED_FOR = Duration.ofMinutes(10);

  private final Store store;
  private final RoomState state;
  private final Outbox outbox;
  private final Broadcaster broadcaster;
  private final Supplier<RuleBook> rules;
  private final RoomMeters meters;
  private @Nullable Cache<RequestKey, Boolean> unknown;
  private @Nullable Cache<RequestKey, Danmaku> shownHere;

  Speech(
      Store store,
      RoomState state,
      Outbox outbox,
      Broadcaster broadcaster,
      Supplier<RuleBook> rules,
      RoomMeters meters) {
    this.store = store;
    this.state = state;
    this.outbox = outbox;
    this.broadcaster = broadcaster;
    this.rules = rules;
    this.meters = meters;
  }

  /**
   * Somebody says something.
   *
   * @param rank of the viewer's tier
   */
  void say(Seat seat, Attendant attendant, Action.Say say, int rank) {
    RequestKey key = new RequestKey(attendant.id, say.id());
    if (shownHere != null && shownHere.getIfPresent(key) != null) {
      sayHere(seat, attendant, key, say);
      return;
    }
    String lottery = state.lotteries.enteredBy(say.danmaku().text());
    boolean slowed = rules.get().slows(seat.viewer().role());
    Entry.Say said = new Entry.Say(key, seat.viewer(), say.danmaku(), lottery, slowed);
    Outbox.Answer answer =
        new Outbox.Answer() {
          @Override
          public void on(Outcome outcome, Outbox.Fate fate, long revision) {
            if (outcome instanceof Outcome.Said stored) {
              meters.onSaid();
              seat.answer(Messages.said(say.id(), stored.seq()));
            } else if (fate == Outbox.Fate.NOT_EXECUTED && store.isAway() && !isUnknown(key)) {
              sayHere(seat, attendant, key, say);
            } else {
              if (fate != Outbox.Fate.UNKNOWN) {
                attendant.member.keep(
                    attendant.member.recent().withoutSaid(say.id(), say.danmaku().text()));
              }
              seat.refuse(meters, say.id(), outcome);
            }
          }

          @Override
          public void onUnsure() {
            rememberUnknown(key);
          }
        };
    if (lottery == null) {
      outbox.addForFrame(said, rank, answer);
    } else {
      outbox.add(said, rank, answer); // the lottery may be about to lock
    }
  }

  /**
   * The store is away: this node's viewers hear of it, and nothing is kept. A repeat, even when the
   * store is back, is the same request and is shown no second time.
   */
  private void sayHere(Seat seat, Attendant attendant, RequestKey key, Action.Say say) {
    if (shownHere == null) {
      shownHere = memory();
    }
    Danmaku before = shownHere.getIfPresent(key);
    if (before != null && !before.equals(say.danmaku())) {
      seat.refuse(meters, say.id(), Refusal.of(Reason.CONFLICT));
      return;
    }
    if (before == null) {
      shownHere.put(key, say.danmaku());
      show(seat.viewer(), attendant.member, say.danmaku());
    }
    seat.answer(Messages.said(say.id(), null));
  }

  private void show(Viewer viewer, Member member, Danmaku danmaku) {
    meters.onNotKept();
    byte[] head =
        Messages.danmakuHead(null, store.nowMs(), member.standing(rules.get().terms()).tier());
    byte[] tail = Messages.danmakuTail(viewer.id(), viewer.name(), danmaku);
    broadcaster.onNotKept(new Splice(head.length + tail.length).json(head).json(tail).toBytes());
  }

  /** Whether it may be in history already, so that it must not be shown a second time. */
  private boolean isUnknown(RequestKey key) {
    return unknown != null && unknown.getIfPresent(key) != null;
  }

  private void rememberUnknown(RequestKey key) {
    if (unknown == null) {
      unknown = memory();
    }
    unknown.put(key, true);
  }

  private static <V> Cache<RequestKey, V> memory() {
    return Caffeine.newBuilder()
        .maximumSize(REMEMBERED)
        .expireAfterWrite(REMEMBERED_FOR)
        .executor(Runnable::run)
        .build();
  }
}
