package barrage.rules;

import barrage.core.Action;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a viewer did lately in a room, as far as rules need it. Immutable.
 *
 * @param atMs when this was so; nothing in it is later, but for buckets that have yet to fill
 * @param fullAtUs for each kind of action that took a token: the instant, in microseconds, at which
 *     its bucket is full again. That one number is the whole of a token bucket: {@link FloodRule}
 * @param said the last danmaku that were accepted, oldest first: at most {@value #MAX_SAID}, and of
 *     those older than {@value #KEPT_MS} ms only the newest
 */
public record Recent(long atMs, Map<Action.Kind, Long> fullAtUs, List<Said> said) {
  /** Of a viewer who has done nothing yet. */
  public static final Recent NOTHING = new Recent(0, Map.of(), List.of());

  /** How long texts are remembered, milliseconds. */
  static final int KEPT_MS = 60_000;

  /** How many texts are remembered: more than the shipped flood rule lets pass in 10 s. */
  static final int MAX_SAID = 16;

  /**
   * Something said.
   *
   * @param id of the request
   */
  public record Said(String id, String text, long atMs) {
    private boolean is(String otherId, String otherText) {
      return id.equals(otherId) && text.equals(otherText);
    }
  }

  /** The newest danmaku that was accepted. */
  @Nullable Said lastSaid() {
    return said.isEmpty() ? null : said.get(said.size() - 1);
  }

  /**
   * The same at {@code nowMs}. When the clock has gone back, all instants go back with it: nobody
   * waits longer, or shorter, for a corrected clock.
   */
  Recent asOf(long nowMs) {
    if (nowMs == atMs) {
      return this;
    }
    if (nowMs > atMs) {
      return new Recent(nowMs, fullAtUs, said);
    }
    long back = atMs - nowMs;
    Map<Action.Kind, Long> buckets = mutable(fullAtUs);
    buckets.replaceAll((kind, fullAt) -> fullAt - back * 1_000);
    List<Said> texts = new ArrayList<>(said);
    texts.replaceAll(s -> new Said(s.id, s.text, s.atMs - back));
    return new Recent(
        nowMs, Collections.unmodifiableMap(buckets), Collections.unmodifiableList(texts));
  }

  Recent withBucket(Action.Kind kind, long fullAt) {
    Map<Action.Kind, Long> buckets = mutable(fullAtUs);
    buckets.put(kind, fullAt);
    return new Recent(atMs, Collections.unmodifiableMap(buckets), said);
  }

  /** Whether this was accepted under this id: said again, it is a repeat. */
  boolean knows(String id, String text) {
    for (Said s : said) {
      if (s.is(id, text)) {
        return true;
      }
    }
    return false;
  }

  /** With a danmaku that was accepted just now; a repeat of one that is known changes nothing. */
  Recent withSaid(String id, String text) {
    if (knows(id, text)) {
      return this;
    }
    int from = Math.max(0, said.size() - MAX_SAID + 1);
    while (from < said.size() && atMs - said.get(from).atMs > KEPT_MS) {
      from++;
    }
    List<Said> texts = new ArrayList<>(said.size() - from + 1);
    texts.addAll(said.subList(from, said.size()));
    texts.add(new Said(id, text, atMs));
    return new Recent(atMs, fullAtUs, Collections.unmodifiableList(texts));
  }

  /**
   * Without this, which in the end was not accepted. Another text that was accepted under the same
   * id stays: who says something else under it is refused, and is not to be forgotten for that.
   */
  public Recent withoutSaid(String id, String text) {
    List<Said> texts = new ArrayList<>(said);
    return texts.removeIf(s -> s.is(id, text))
        ? new Recent(atMs, fullAtUs, Collections.unmodifiableList(texts))
        : this;
  }

  private static Map<Action.Kind, Long> mutable(Map<Action.Kind, Long> buckets) {
    Map<Action.Kind, Long> copy = new HashMap<>();
    copy.putAll(buckets);
    return copy;
  }
}
