package barrage.gateway;

import barrage.core.RoomId;
import barrage.room.Numbered;
import barrage.room.Store;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A room's danmaku as a file, without those that were deleted. Read page by page, so a long history
 * costs no more memory than a short one. Events that leave the history meanwhile are missing.
 */
abstract class DanmakuExport implements Answer.Pages {
  private static final int PAGE_EVENTS = 500;
  private static final JsonMapper JSON = new JsonMapper();

  final RoomId room;
  private final Store store;
  private long nextSeq;
  private boolean begun;
  private boolean ended;

  DanmakuExport(Store store, RoomId room, long fromSeq) {
    this.store = store;
    this.room = room;
    this.nextSeq = fromSeq;
  }

  /** What comes before the first one. */
  abstract void begin();

  /** A danmaku event, which has a text. */
  abstract void append(JsonNode event);

  /** What comes after the last one. */
  abstract void end();

  /** What was written since the last call, in UTF-8. */
  abstract byte[] take();

  @Override
  public CompletionStage<byte @Nullable []> next() {
    if (ended) {
      return CompletableFuture.completedStage(null);
    }
    return store.history(room, nextSeq, PAGE_EVENTS).thenApply(this::page);
  }

  private byte @Nullable [] page(Store.History history) {
    if (!begun) {
      begun = true;
      begin();
    }
    for (Numbered numbered : history.events()) {
      nextSeq = numbered.seq() + 1;
      if (numbered.isDanmaku()) {
        JsonNode event = JSON.readTree(numbered.json());
        if (!event.path("deleted").booleanValue(false) && event.path("text").isString()) {
          append(event);
        }
      }
    }
    if (history.events().isEmpty() || nextSeq > history.headSeq()) {
      ended = true;
      end();
    }
    return take();
  }
}
