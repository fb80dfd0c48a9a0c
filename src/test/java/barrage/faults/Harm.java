package barrage.faults;

import barrage.redis.RedisProcess;
import java.util.List;
import java.util.function.Function;

/**
 * A kind of harm.
 *
 * @param targets those it may be done to, one of them at a time
 */
record Harm(String kind, List<Target> targets) {

  /**
   * @param victim what no two harms are done to at one time
   */
  record Target(String name, Object victim, Deed deed) {}

  /** Does harm, and undoes it. */
  interface Deed {
    /**
     * @param forMs how long it is to last, where that is not in its nature
     */
    void run(int forMs, Pause pause) throws Exception;
  }

  /** Waits, but no longer than until all harm is to end. */
  interface Pause {
    void await(int ms) throws InterruptedException;
  }

  /** A deed to one of several that are alike. */
  private interface DeedTo<T> {
    void run(T victim, int forMs, Pause pause) throws Exception;
  }

  private static <T> Harm of(
      String kind, List<T> victims, Function<T, String> name, DeedTo<T> deed) {
    return new Harm(
        kind,
        victims.stream()
            .map(
                victim ->
                    new Target(
                        name.apply(victim),
                        victim,
                        (forMs, pause) -> deed.run(victim, forMs, pause)))
            .toList());
  }

  /** What processes that serve viewers can suffer. */
  static List<Harm> toNodes(List<Node> nodes) {
    return List.of(
        of(
            "KILL_NODE",
            nodes,
            node -> node.name,
            (node, forMs, pause) -> {
              node.server().kill();
              pause.await(forMs);
              node.startAgain();
            }),
        of(
            "FREEZE_NODE",
            nodes,
            node -> node.name,
            (node, forMs, pause) -> {
              node.server().freeze();
              pause.await(forMs);
              node.server().thaw();
            }));
  }

  /** What a Redis that is the only one can suffer. */
  static List<Harm> toRedis(RedisProcess redis) {
    List<RedisProcess> only = List.of(redis);
    return List.of(
        of(
            "KILL_REDIS",
            only,
            any -> "redis",
            (victim, forMs, pause) -> {
              victim.kill();
              pause.await(forMs);
              victim.start();
            }),
        of(
            "FREEZE_REDIS",
            only,
            any -> "redis",
            (victim, forMs, pause) -> {
              victim.freeze();
              pause.await(forMs);
              victim.thaw();
            }),
        of(
            "FLUSH_SCRIPTS",
            only,
            any -> "redis",
            (victim, forMs, pause) -> victim.ask("SCRIPT", "FLUSH")));
  }

  /** What networks can suffer. */
  static List<Harm> toNetworks(List<TcpProxy> networks) {
    return List.of(
        toNetworks(
            "SLOW_NETWORK", networks, (network, forMs, pause) -> network.delay(20 + forMs / 10)),
        toNetworks("BLACK_HOLE", networks, (network, forMs, pause) -> network.blackhole()),
        toNetworks("DROP_REPLIES", networks, (network, forMs, pause) -> network.dropReplies()),
        toNetworks("CUT_FEEDS", networks, (network, forMs, pause) -> network.cutFeeds()),
        of("RESET", networks, TcpProxy::name, (network, forMs, pause) -> network.reset()));
  }

  private static Harm toNetworks(String kind, List<TcpProxy> networks, DeedTo<TcpProxy> cut) {
    return of(
        kind,
        networks,
        TcpProxy::name,
        (network, forMs, pause) -> {
          cut.run(network, forMs, pause);
          pause.await(forMs);
          network.heal();
        });
  }
}
