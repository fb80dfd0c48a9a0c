package barrage.room;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a room knows of its lotteries that are open or about to be drawn.
 *
 * <p>Confined to its room's loop.
 */
final class LotteryBook {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Map<String, ObjectNode> active = new LinkedHashMap<>();

  /** Begins anew. */
  void openAt(List<byte[]> known) {
    active.clear();
    for (byte[] json : known) {
      ObjectNode read = (ObjectNode) JSON.readTree(json);
      active.put(read.path("id").asString(), read);
    }
  }

  /** The lottery as it is now. */
  void onChanged(String id, byte[] json) {
    ObjectNode read = (ObjectNode) JSON.readTree(json);
    String state = read.path("state").asString("");
    if (state.equals("open") || state.equals("locked")) {
      active.put(id, read);
    } else {
      active.remove(id);
    }
  }

  /** The open lottery that a danmaku of this text enters its sender in, if there is one. */
  @Nullable String enteredBy(String text) {
    for (Map.Entry<String, ObjectNode> lottery : active.entrySet()) {
      ObjectNode json = lottery.getValue();
      if (json.path("entry").asString("").equals("keyword")
          && json.path("state").asString("").equals("open")
          && json.path("keyword").asString("").equals(text)) {
        return lottery.getKey();
      }
    }
    return null;
  }

  /** Those open and locked, each one JSON object in UTF-8. */
  List<byte[]> current() {
    List<byte[]> current = new ArrayList<>();
    active.values().forEach(json -> current.add(JSON.writeValueAsBytes(json)));
    return current;
  }

  /** The same for one viewer, each with {@code entered}. */
  List<byte[]> currentFor(Set<String> entered) {
    List<byte[]> current = new ArrayList<>();
    active.forEach(
        (id, json) ->
            current.add(
                JSON.writeValueAsBytes(json.deepCopy().put("entered", entered.contains(id)))));
    return current;
  }
}
