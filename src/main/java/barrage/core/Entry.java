package barrage.core;

/**
 * One thing for the store to do, atomically, in the order of its batch. The store decides what
 * comes of it: an {@link Outcome}.
 */
public sealed interface Entry {

  /** An entry whose outcome, once granted, is remembered under its key. */
  sealed interface Keyed extends Entry {
    /** Under which a repeat is recognised. */
    RequestKey key();
  }

  /**
   * A danmaku the rules let pass. Gives {@link Outcome.Said}; refused with {@code muted} when the
   * store knows of a mute this node has not heard of yet.
   */
  record Say(RequestKey key, Viewer viewer, Danmaku danmaku) implements Keyed {}

  /**
   * The likes counted so far for one connection; the store adds what is new, so repeating it is
   * harmless. Gives {@link Outcome.Done}.
   *
   * @param connection unique among all connections of all nodes
   * @param total taps counted since the connection began
   * @param last whether the connection is gone, so that nothing more is to be remembered of it
   */
  record Tap(ViewerId viewer, String connection, long total, boolean last) implements Entry {}

  /**
   * The viewer was connected and seen alive. Spans of several connections and nodes may overlap;
   * time counts once. Gives {@link Outcome.Done}.
   *
   * @param fromAgoMs how long ago the span began
   * @param toAgoMs how long ago it ended, at most {@code fromAgoMs}
   */
  record Watched(ViewerId viewer, long fromAgoMs, long toAgoMs) implements Entry {}

  /**
   * How many connections a node has in the room now; kept for {@link #LIVES_MS} unless repeated.
   * Gives {@link Outcome.Done}.
   */
  record Presence(String node, int connections) implements Entry {
    /** How long the store believes a node that says nothing more, milliseconds. */
    public static final long LIVES_MS = 30_000;
  }

  /**
   * Asks for a viewer's standing after everything before it in the room. Gives {@link
   * Outcome.Stands}.
   */
  record Look(ViewerId viewer) implements Entry {}

  /** {@link Look} for a viewer who joins, with the name and role to remember. */
  record Join(Viewer viewer) implements Entry {}

  /**
   * A service gives or takes points. Gives {@link Outcome.Stands}; {@code insufficient_points} when
   * the balance would be below zero; {@code conflict} when {@code ref} was used for something else.
   *
   * @param delta points, below zero to take
   * @param growth growth to add, at least 0
   */
  record Grant(RequestKey key, ViewerId viewer, long delta, long growth, String reason, String ref)
      implements Keyed {}

  /**
   * Points are multiplied for a while; a later boost replaces an earlier one. Gives {@link
   * Outcome.Boosted}.
   *
   * @param factor hundredths
   */
  record Boost(RequestKey key, int factor, long durationMs) implements Keyed {}

  /**
   * A viewer may not speak for a while. Gives {@link Outcome.Muted}.
   *
   * @param durationMs {@code -1} for good, 0 lifts it
   */
  record Mute(RequestKey key, ViewerId viewer, long durationMs) implements Keyed {}

  /**
   * Takes a danmaku's text out of the history. Gives {@link Outcome.Done}, also when it is deleted
   * already; {@code not_found} when history holds no danmaku of this number.
   */
  record Delete(long seq) implements Entry {}

  /** Changes settings. Gives {@link Outcome.Settled}. */
  record Configure(RoomSettings.Patch patch) implements Entry {}
}
