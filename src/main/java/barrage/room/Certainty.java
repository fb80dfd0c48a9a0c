package barrage.room;

import barrage.core.RoomId;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure of what a room remembers before it refuses by it. The room may not have heard yet of
 * what another node had decided when somebody asked here, or follow a store that counts no more:
 * then who is refused may hold what they ask for. So the store is asked how far it has come, one
 * question for all who wait, and they look again when the room has come as far.
 *
 * <p>Confined to its room's loop.
 */
final class Certainty {
  private static final Logger LOG = LoggerFactory.getLogger(Certainty.class);

  /** Between two questions: costs a click little, and a rush of them few calls. */
  private static final int ASK_EVERY_MS = 2;

  private final RoomId room;
  private final Store store;
  private final RoomLoop loop;
  private final Feed feed;
  private List<Asking> waiting = new ArrayList<>();
  private boolean asking;
  private long askedMs = Long.MIN_VALUE / 2;

  /** Somebody who looks again. */
  interface Asking {
    /**
     * The room knows what it can.
     *
     * @param certain whether the room knows all that was decided before it was asked for
     */
    void onKnown(boolean certain);
  }

  Certainty(RoomId room, Store store, RoomLoop loop, Feed feed) {
    this.room = room;
    this.store = store;
    this.loop = loop;
    this.feed = feed;
  }

  /** Calls back once, when what the room remembers is as new as this call or cannot be. */
  void await(Asking who) {
    waiting.add(who);
    askSoon();
  }

  private void askSoon() {
    if (!asking && !waiting.isEmpty()) {
      asking = true;
      long inMs = askedMs + ASK_EVERY_MS - loop.nowMs();
      if (inMs <= 0) {
        loop.execute(this::ask); // at the end of this turn, for all who ask in it
      } else {
        loop.schedule(this::ask, inMs);
      }
    }
  }

  private void ask() {
    askedMs = loop.nowMs();
    List<Asking> all = waiting;
    waiting = new ArrayList<>();
    store
        .head(room)
        .whenComplete(
            (head, failure) ->
                loop.execute(
                    () -> {
                      asking = false;
                      askSoon();
                      if (failure != null || head.isEmpty()) {
                        tell(all, false);
                      } else {
                        onHead(all, head.get());
                      }
                    }));
  }

  private void onHead(List<Asking> all, Store.Head head) {
    feed.whenKnown(
        head.epoch(),
        head.revision(),
        () -> {
          boolean certain =
              feed.isOpen() && feed.epoch() == head.epoch() && feed.revision() >= head.revision();
          tell(all, certain);
        });
  }

  /** A fault ends one request, never the room. */
  private void tell(List<Asking> all, boolean certain) {
    for (Asking who : all) {
      try {
        who.onKnown(certain);
      } catch (RuntimeException e) {
        LOG.error("room {}: a request failed", room, e);
      }
    }
  }
}
