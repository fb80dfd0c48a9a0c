package barrage.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Danmaku;
import barrage.core.Order;
import barrage.core.Raffle;
import barrage.core.Reason;
import barrage.core.Role;
import barrage.core.Tier;
import barrage.room.CloseReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/** The documents that the server serves are sound, and use the words that the code does. */
final class ApiDocumentsTest {
  private static final String ASYNC = "asyncapi.yaml";
  private static final String HTTP = "openapi.yaml";

  @ParameterizedTest
  @ValueSource(strings = {ASYNC, HTTP})
  void everyReference_leadsSomewhere(String name) {
    JsonNode document = read(name);
    List<String> references = new ArrayList<>();
    walk(document, node -> node.path("$ref").asStringOpt().ifPresent(references::add));
    assertFalse(references.isEmpty());
    for (String reference : references) {
      assertTrue(reference.startsWith("#/"), reference);
      assertFalse(
          document.at(JsonPointer.compile(reference.substring(1))).isMissingNode(), reference);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ASYNC, HTTP})
  void everySchema_isUsed(String name) {
    JsonNode document = read(name);
    List<String> references = new ArrayList<>();
    walk(document, node -> node.path("$ref").asStringOpt().ifPresent(references::add));
    for (String schema : document.path("components").path("schemas").propertyNames()) {
      assertTrue(references.contains("#/components/schemas/" + schema), schema);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ASYNC, HTTP})
  void vocabularies_areThoseOfTheCode(String name) {
    JsonNode schemas = read(name).path("components").path("schemas");
    assertEquals(
        Arrays.stream(Reason.values()).map(Reason::wire).toList(), names(schemas, "ErrorCode"));
    assertEquals(Arrays.stream(Tier.values()).map(Tier::wire).toList(), names(schemas, "Tier"));
    assertEquals(Arrays.stream(Role.values()).map(Role::wire).toList(), names(schemas, "Role"));
    assertEquals(
        Arrays.stream(Order.Status.values()).map(Order.Status::wire).toList(),
        names(schemas, "OrderStatus"));
    assertEquals(
        Arrays.stream(Raffle.Entry.values()).map(Raffle.Entry::wire).toList(),
        names(schemas, "EntryWay"));
  }

  @Test
  void modes_areThoseOfTheCode() {
    assertEquals(
        Arrays.stream(Danmaku.Mode.values()).map(Danmaku.Mode::wire).toList(),
        names(PublishedDocuments.async().at("/components/schemas"), "Mode"));
  }

  @Test
  void closeCodes_areAllExplained() {
    JsonNode info = read(ASYNC).path("info");
    List<Integer> listed = info.path("x-close-codes").valueStream().map(JsonNode::asInt).toList();
    // 1006 is never sent: it is what a client sees when nothing was.
    List<Integer> sent =
        Stream.concat(Arrays.stream(CloseReason.values()).map(CloseReason::code), Stream.of(1006))
            .sorted()
            .toList();
    assertEquals(sent, listed);
    for (int code : listed) {
      assertTrue(info.path("description").asString().contains("| " + code + " |"), "code " + code);
    }
  }

  @Test
  void everyMessageOfTheChannel_belongsToAnOperation() {
    JsonNode document = read(ASYNC);
    String operations =
        document.path("operations").toString() + document.path("components").path("replies");
    for (String message : document.path("channels").path("room").path("messages").propertyNames()) {
      assertTrue(operations.contains("#/channels/room/messages/" + message + "\""), message);
    }
  }

  private static List<String> names(JsonNode schemas, String schema) {
    return schemas.path(schema).path("enum").valueStream().map(JsonNode::asString).toList();
  }

  private static void walk(JsonNode node, Consumer<JsonNode> visit) {
    visit.accept(node);
    node.forEach(child -> walk(child, visit));
  }

  private static JsonNode read(String name) {
    return name.equals(ASYNC) ? PublishedDocuments.async() : PublishedDocuments.http();
  }
}
