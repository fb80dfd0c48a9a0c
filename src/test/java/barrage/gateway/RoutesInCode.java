package barrage.gateway;

import java.util.List;

/** The HTTP calls that a gateway really has, for tests that hold the documents to them. */
public final class RoutesInCode {
  private RoutesInCode() {}

  /**
   * One call.
   *
   * @param method in capitals
   * @param path with {@code {name}} where a parameter stands
   * @param keyed whether it needs an {@code Idempotency-Key}
   * @param hasToken whether a token is looked at
   * @param needsToken whether there has to be one
   */
  public record Call(
      String method, String path, boolean keyed, boolean hasToken, boolean needsToken) {}

  /** All of a gateway that gives out development tokens; pages are no calls. */
  public static List<Call> all() {
    try (TestGateway server = new TestGateway()) {
      GatewayConfig config = GatewayConfig.at("127.0.0.1", 0, () -> server.limits).build();
      return server
          .gateway
          .site(0, new Doorkeeper(config, server.metrics))
          .router()
          .routes()
          .stream()
          .map(RoutesInCode::call)
          .toList();
    }
  }

  private static Call call(Router.Route route) {
    Access.Kind kind = route.access().kind();
    return new Call(
        route.method().name(),
        "/" + String.join("/", route.template()),
        route.keyed(),
        kind != Access.Kind.OPEN,
        kind != Access.Kind.OPEN && kind != Access.Kind.ANYONE);
  }
}
