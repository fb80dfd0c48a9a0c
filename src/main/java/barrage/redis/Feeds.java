package barrage.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import barrage.room.Commit;
import barrage.room.Store.Follower;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes on what Redis publishes of the rooms that are followed. Safe for any thread. */
final class Feeds {
  private static final Logger log = LoggerFactory.getLogger(Feeds.class);

  private final RedisLink link;
  private final UnreadableRecords unreadable;
  private final Map<String, Following> followings = new ConcurrentHashMap<>();

  Feeds(RedisLink link, UnreadableRecords unreadable) {
    this.link = link;
    this.unreadable = unreadable;
    link.feeds().addListener(new Listener());
  }

  /** The stage completes once the follower is sure to hear of every commit. */
  CompletionStage<Void> follow(String channel, Follower follower) {
    Following following = new Following(follower, new CompletableFuture<>());
    followings.put(channel, following);
    byte[] name = channel.getBytes(ISO_8859_1);
    link.send(name, redis -> link.feeds().async().subscribe(name), reply -> true)
        .whenComplete(
            (any, fault) -> {
              if (fault != null) {
                followings.remove(channel, following);
                following.linked.completeExceptionally(fault);
              }
            });
    return following.linked;
  }

  void unfollow(String channel) {
    if (followings.remove(channel) != null) {
      var unused = link.feeds().async().unsubscribe(channel.getBytes(ISO_8859_1));
    }
  }

  /** One who follows a room; {@code linked} once Redis has said so for the first time. */
  private record Following(Follower follower, CompletableFuture<Void> linked) {}

  /** On the one thread of the feeds' connection. */
  private final class Listener extends RedisPubSubAdapter<byte[], byte[]> {
    @Override
    public void message(byte[] channel, byte[] message) {
      Following following = following(channel);
      if (following == null) {
        return;
      }
      Commit commit;
      try {
        commit = CommitRecord.read(message);
      } catch (IllegalArgumentException | NoSuchElementException e) {
        // A gap, which the follower fills.
        unreadable.met(new String(channel, ISO_8859_1), "");
        return;
      }
      try {
        following.follower.onCommit(commit);
      } catch (RuntimeException e) {
        log.error("A commit was not taken in", e);
      }
    }

    /** Also after each reconnect, when Lettuce has subscribed again. */
    @Override
    public void subscribed(byte[] channel, long count) {
      Following following = following(channel);
      if (following == null || following.linked.complete(null)) {
        return;
      }
      try {
        following.follower.onRelinked();
      } catch (RuntimeException e) {
        log.error("A follower failed", e);
      }
    }

    private @Nullable Following following(byte[] channel) {
      return followings.get(new String(channel, ISO_8859_1));
    }
  }
}
