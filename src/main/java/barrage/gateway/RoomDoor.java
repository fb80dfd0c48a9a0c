package barrage.gateway;

import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.room.RoomsFullException;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers into rooms, and decides who brings one into being: a name alone must not make a node
 * or the store grow. Where only staff begins rooms, one that never began is not there for anybody
 * else. Safe for any thread.
 */
final class RoomDoor {
  private static final Duration NEW_ROOMS_IN = Duration.ofMinutes(1);

  /** Addresses whose new rooms are counted; of more, those that began few are forgotten. */
  private static final int MAX_ADDRESSES = 100_000;

  /** When to come back with what was one new room too many: several fit in a minute. */
  private static final Refusal TOO_MANY_NEW = Refusal.retryAfter(Reason.BUSY, 10_000);

  private final GatewayConfig config;
  private final NodeRooms rooms;
  private final Cache<Long, AtomicInteger> begunByAddress =
      Caffeine.newBuilder().expireAfterWrite(NEW_ROOMS_IN).maximumSize(MAX_ADDRESSES).build();

  RoomDoor(GatewayConfig config, NodeRooms rooms) {
    this.config = config;
    this.rooms = rooms;
  }

  /** What comes of asking for a room: one of them is {@code null}. */
  record Entered(@Nullable RoomCalls room, @Nullable Refusal refusal) {
    static Entered refused(Refusal refusal) {
      return new Entered(null, refusal);
    }
  }

  /**
   * The room, which begins when it never did and the caller may have it begin. Never completes
   * exceptionally.
   *
   * @param grant {@code null} for an anonymous caller
   * @param address {@code null} when that does not count
   */
  CompletionStage<Entered> enter(RoomId id, @Nullable Grant grant, @Nullable Address address) {
    if (rooms.isOpen(id)) {
      return CompletableFuture.completedStage(open(id));
    }
    return rooms
        .isBegun(id)
        .handle(
            (begun, fault) -> {
              if (fault == null && begun) {
                return open(id);
              } else if (!mayBegin(grant)) {
                return Entered.refused(
                    Refusal.of(fault == null ? Reason.NOT_FOUND : Reason.UNAVAILABLE));
              } else if (!countsNew(address)) {
                return Entered.refused(TOO_MANY_NEW);
              }
              // While the store is away, whoever may have it begin waits inside.
              return open(id);
            });
  }

  private Entered open(RoomId id) {
    try {
      return new Entered(rooms.room(id), null);
    } catch (RoomsFullException e) {
      return Entered.refused(Refusal.FULL);
    }
  }

  private boolean mayBegin(@Nullable Grant grant) {
    return config.beginning().byAnyone() || (grant != null && grant.viewer().role() != Role.VIEWER);
  }

  private boolean countsNew(@Nullable Address address) {
    return address == null
        || begunByAddress.get(address.key(), unknown -> new AtomicInteger()).incrementAndGet()
            <= config.bound(config.beginning().newRoomsPerAddress());
  }

  /** An entry of a call; see {@link RoomCalls#offer}. */
  CompletionStage<Outcome> offer(Call call, Entry entry) {
    return enter(call.room(), call.grant(), call.address())
        .thenCompose(
            entered -> {
              RoomCalls room = entered.room();
              Refusal refusal = entered.refusal();
              return room != null
                  ? room.offer(entry)
                  : CompletableFuture.completedStage(
                      new Outcome.Refused(refusal == null ? Refusal.FULL : refusal));
            });
  }

  /**
   * Whether a call is about a room that is not there for the caller. Completes exceptionally when
   * that cannot be found out.
   */
  CompletionStage<Boolean> hides(Call call) {
    return mayBegin(call.grant())
        ? CompletableFuture.completedStage(false)
        : isBegun(call.room()).thenApply(begun -> !begun);
  }

  /** Whether there is such a room; exceptionally when that cannot be found out. */
  CompletionStage<Boolean> isBegun(RoomId id) {
    return rooms.isOpen(id) ? CompletableFuture.completedStage(true) : rooms.isBegun(id);
  }

  /** See {@link barrage.room.Rooms#view}. */
  CompletionStage<byte @Nullable []> view(RoomId id) {
    return rooms.view(id);
  }
}
