package barrage.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A script, and the wait for the replicas that is to follow it on the same connection: they are
 * written in one go, so that no reconnect comes between them and asks the replicas of another
 * primary. Between the two is a write, for the wait to wait for whatever the script did: replicas
 * that have it follow this primary, and have what it had when it ran the script.
 */
record ReplicatedCall(CompletionStage<List<Object>> reply, CompletionStage<Long> replicas) {
  private static final ByteArrayCodec CODEC = ByteArrayCodec.INSTANCE;
  private static final byte[] NOTHING = {};

  /**
   * @param type EVALSHA or EVAL, of which {@code script} is the digest or the text
   * @param withinMs how long to wait
   */
  static ReplicatedCall send(
      StatefulConnection<byte[], byte[]> connection,
      CommandType type,
      byte[] script,
      byte[][] keys,
      byte[][] args,
      int replicas,
      int withinMs) {
    CommandArgs<byte[], byte[]> call = new CommandArgs<>(CODEC).add(script).add(keys.length);
    call.addKeys(keys).addValues(args);
    AsyncCommand<byte[], byte[], List<Object>> run =
        new AsyncCommand<>(new Command<>(type, new NestedMultiOutput<>(CODEC), call));
    AsyncCommand<byte[], byte[], String> mark =
        new AsyncCommand<>(
            new Command<>(
                CommandType.SET,
                new StatusOutput<>(CODEC),
                new CommandArgs<>(CODEC).addKey(Keys.AWAITED).addValue(NOTHING)));
    AsyncCommand<byte[], byte[], Long> wait =
        new AsyncCommand<>(
            new Command<>(
                CommandType.WAIT,
                new IntegerOutput<>(CODEC),
                new CommandArgs<>(CODEC).add(replicas).add(withinMs)));
    connection.dispatch(List.of(run, mark, wait));
    return new ReplicatedCall(run, wait);
  }
}
