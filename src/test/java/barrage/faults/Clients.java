package barrage.faults;

import barrage.faults.History.Act;
import barrage.faults.History.Ask;
import barrage.faults.History.Attempt;
import barrage.faults.History.Buy;
import barrage.faults.History.Cancel;
import barrage.faults.History.End;
import barrage.faults.History.Enter;
import barrage.faults.History.Grant;
import barrage.faults.History.Pay;
import barrage.faults.History.Refund;
import barrage.faults.History.Say;
import barrage.outside.Jwt;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends requests to a room on several nodes, by WebSocket or HTTP, and writes down what came of
 * them.
 */
final class Clients implements AutoCloseable {
  static final String MERCHANT = "shop";

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Recorder recorder;
  private final List<Node> nodes;
  private final String room;
  private final String streamer = Jwt.of("host", "streamer");
  private final String merchant = Jwt.of(MERCHANT, "service");
  private final Map<String, List<Device>> devices = new HashMap<>();

  Clients(Recorder recorder, List<Node> nodes, String room, List<String> viewers) {
    this.recorder = recorder;
    this.nodes = nodes;
    this.room = room;
    for (String viewer : viewers) {
      String jwt = Jwt.viewer(viewer);
      devices.put(
          viewer,
          nodes.stream().map(node -> new Device(recorder, node, room, viewer, jwt)).toList());
    }
  }

  /** A viewer's, by node. */
  List<Device> devices(String viewer) {
    return devices.get(viewer);
  }

  /** Sends a request; completes, never with a fault, when it is answered or given up. */
  CompletableFuture<Attempt> attempt(String sender, String id, Act act, int node) {
    long invokedMs = recorder.nowMs();
    CompletableFuture<Device.Answer> answer =
        sender.equals(MERCHANT)
            ? CompletableFuture.supplyAsync(() -> new Device.Answer(callMerchant(id, act, node), 0))
            : devices.get(sender).get(node).ask(message(id, act));
    return answer.thenApply(
        told -> {
          JsonNode found = told == null ? null : told.message();
          Attempt attempt =
              new Attempt(
                  sender,
                  id,
                  act,
                  nodes.get(node).name,
                  invokedMs,
                  recorder.nowMs(),
                  end(act, found),
                  answer(act, found),
                  told == null ? 0 : told.epoch());
          recorder.add(attempt);
          return attempt;
        });
  }

  private static ObjectNode message(String id, Act act) {
    ObjectNode message = JSON.createObjectNode().put("id", id);
    if (act instanceof Say say) {
      return message.put("type", "danmaku").put("text", say.text());
    } else if (act instanceof Buy buy) {
      message.put("type", "sale.buy").put("sale", buy.sale());
      return message.put("quantity", buy.quantity());
    } else if (act instanceof Cancel cancel) {
      return message.put("type", "order.cancel").put("order", cancel.order());
    } else if (act instanceof Ask ask) {
      message.put("type", ask.type()).put(ask.kind(), ask.thing());
      ask.fields().forEach(message::putPOJO);
      return message;
    }
    return message.put("type", "lottery.enter").put("lottery", ((Enter) act).lottery());
  }

  private static End end(Act act, JsonNode answer) {
    if (answer == null) {
      return End.UNKNOWN;
    }
    String code = answer.path("code").asString("");
    if (code.isEmpty()) {
      return act instanceof Say && answer.path("seq").isNull() ? End.UNKNOWN : End.OK;
    }
    return code.equals("unavailable") || code.equals("busy") ? End.UNKNOWN : End.REFUSED;
  }

  private static String answer(Act act, JsonNode answer) {
    if (answer == null) {
      return "";
    }
    if (answer.path("code").isString()) {
      return answer.path("code").asString();
    }
    if (act instanceof Say) {
      JsonNode seq = answer.path("seq");
      return seq.isNull() ? Attempt.NOT_KEPT : seq.asString();
    } else if (act instanceof Buy || act instanceof Cancel) {
      return answer.path("order").path("id").asString();
    } else if (act instanceof Enter) {
      return answer.path("weight").asString() + " of " + answer.path("entries").asString();
    } else if (act instanceof Ask) {
      return ((ObjectNode) answer.deepCopy()).remove(List.of("type", "id")).toString();
    }
    return answer.path("id").asString(); // an order's, or a viewer's
  }

  private JsonNode callMerchant(String key, Act act, int node) {
    if (act instanceof Pay pay) {
      return post(
          merchant, node, key, "orders/" + pay.order() + "/pay", Map.of("paymentRef", pay.ref()));
    } else if (act instanceof Refund refund) {
      return post(
          merchant,
          node,
          key,
          "orders/" + refund.order() + "/refund",
          Map.of("refundRef", refund.ref()));
    }
    Grant grant = (Grant) act;
    Map<String, ?> body =
        Map.of(
            "viewer", grant.viewer(), "delta", grant.delta(), "reason", "gift", "ref", grant.ref());
    return post(merchant, node, key, "points", body);
  }

  /** A call of the streamer's; {@code null} when it is not known what came of it. */
  JsonNode post(int node, String key, String path, Map<String, ?> body) {
    JsonNode answer = post(streamer, node, key, path, body);
    return answer != null && answer.path("code").asString("").matches("unavailable|busy")
        ? null
        : answer;
  }

  private JsonNode post(String jwt, int node, String key, String path, Map<String, ?> body) {
    HttpRequest.Builder request =
        request(node, path)
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + jwt)
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
    return call(request);
  }

  /** Somebody who comes to a node having missed all that ever was said in this epoch. */
  Device latecomer(int node, long epoch) {
    Device device =
        new Device(new Recorder(), nodes.get(node), room, "latecomer", Jwt.viewer("latecomer"));
    device.resumeAt(epoch, 0);
    return device;
  }

  /** What the merchant may read; {@code null} when it cannot be read now. */
  JsonNode get(int node, String path) {
    JsonNode answer = call(request(node, path).header("Authorization", "Bearer " + merchant));
    return answer == null || answer.has("code") ? null : answer;
  }

  private HttpRequest.Builder request(int node, String path) {
    return HttpRequest.newBuilder(
            nodes
                .get(node)
                .uri()
                .resolve("/api/rooms/" + room + (path.isEmpty() ? "" : "/" + path)))
        .timeout(Duration.ofMillis(Device.PATIENCE_MS));
  }

  private static JsonNode call(HttpRequest.Builder request) {
    try {
      return JSON.readTree(
          Device.HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException | RuntimeException e) {
      return null;
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    devices.values().forEach(each -> each.forEach(Device::close));
  }
}
