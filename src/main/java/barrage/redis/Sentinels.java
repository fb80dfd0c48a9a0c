package barrage.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import io.lettuce.core.sentinel.api.async.RedisSentinelAsyncCommands;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** What the Sentinels know of a primary's replicas. Safe for any thread. */
final class Sentinels {
  private final RedisClient client;
  private final RedisURI uri;

  Sentinels(RedisClient client, RedisURI uri) {
    this.client = client;
    this.uri = uri;
  }

  /** All that are known, those that are cut off or gone included. */
  CompletionStage<Integer> replicas() {
    return ask(sentinel -> sentinel.replicas(uri.getSentinelMasterId()).thenApply(List::size));
  }

  /**
   * Those that are not down. Fails unless the Sentinel that is asked sees as many others as a
   * fail-over takes, and knows no other primary: else one that it takes for down may have been
   * promoted.
   *
   * @param runId of the primary
   */
  CompletionStage<Integer> replicasUp(String runId) {
    return ask(
        sentinel ->
            sentinel
                .dispatch(
                    CommandType.SENTINEL,
                    new StatusOutput<>(StringCodec.UTF8),
                    new CommandArgs<>(StringCodec.UTF8)
                        .add("CKQUORUM")
                        .add(uri.getSentinelMasterId()))
                .thenCompose(quorum -> sentinel.master(uri.getSentinelMasterId()))
                .thenCompose(
                    primary -> {
                      if (!runId.equals(primary.get("runid"))) {
                        throw new RedisException("there is another primary");
                      }
                      return sentinel.replicas(uri.getSentinelMasterId());
                    })
                .thenApply(all -> (int) all.stream().filter(Sentinels::isUp).count()));
  }

  private static boolean isUp(Map<String, String> replica) {
    return !replica.getOrDefault("flags", "").contains("down");
  }

  private interface Question {
    CompletionStage<Integer> ask(RedisSentinelAsyncCommands<String, String> sentinel);
  }

  /** Each time whichever answers: it is asked seldom. */
  private CompletionStage<Integer> ask(Question question) {
    return client
        .connectSentinelAsync(StringCodec.UTF8, uri)
        .thenCompose(
            (StatefulRedisSentinelConnection<String, String> connection) ->
                question
                    .ask(connection.async())
                    .whenComplete(
                        (count, fault) -> {
                          var unused = connection.closeAsync();
                        }));
  }
}
