package barrage.room;

import barrage.activity.Activities;
import barrage.core.RoomSettings;
import java.util.function.IntSupplier;

/**
 * A room's memory: what its commits said, and nothing that any other node would not know as well.
 *
 * <p>Confined to its room's loop.
 */
final class RoomState {
  /** 8,192 events: some seconds of the busiest room, or all that a quiet one ever said. */
  private static final int MAX_RECALL = 1 << 13;

  RoomSettings settings = RoomSettings.DEFAULT;
  long likes;
  long online;
  long danmaku;
  Recall recall = new Recall(MAX_RECALL, 0);

  final SaleBook sales = new SaleBook();
  final LotteryBook lotteries = new LotteryBook();
  final Books things;

  /** When a member last said something, the store's clock. */
  long memberSpokeMs;

  /** Connections of this node that the store has not counted yet; fewer than none when it lags. */
  IntSupplier uncounted = () -> 0;

  RoomState(Activities activities) {
    things = new Books(activities);
  }

  /** How many watch, for one who asks now: who has just come is among them. */
  long onlineNow() {
    return Math.max(0, online + uncounted.getAsInt());
  }

  /** Begins at a snapshot. */
  void openAt(Store.Snapshot snapshot) {
    takeCounters(snapshot);
    recall = new Recall(MAX_RECALL, snapshot.seq() - snapshot.tail().size());
    snapshot.tail().forEach(recall::add);
  }

  /** Takes what a snapshot of the same epoch says beside its events. */
  void takeCounters(Store.Snapshot snapshot) {
    settings = snapshot.settings();
    likes = snapshot.likes();
    online = snapshot.online();
    danmaku = snapshot.danmaku();
    sales.openAt(snapshot.sales());
    lotteries.openAt(snapshot.lotteries());
    things.openAt(snapshot.things());
  }

  /** Adds a commit's events; its notices are told to the room one by one. */
  void addEvents(Commit commit) {
    for (Numbered event : commit.events()) {
      recall.add(event);
      if (event.isDanmaku()) {
        danmaku++;
        if (event.tier() > 0) {
          memberSpokeMs = commit.atMs();
        }
      }
    }
  }
}
