package barrage.api;

import static barrage.api.Agreement.assertAgree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.Kinds;
import barrage.core.Danmaku;
import barrage.core.Order;
import barrage.core.Reason;
import barrage.core.Role;
import barrage.core.Tier;
import barrage.gateway.RoutesInCode;
import barrage.wire.ClientMessage;
import barrage.wire.ClientMessages;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls, messages and events are those that the documents tell of: all of them, and no others. */
final class DocumentsAgreeTest {

  // ---- calls

  /** The one call that the AsyncAPI document describes. */
  private static final String SOCKET = "GET /rooms/{}/ws";

  @Test
  void calls_areThoseOfTheDocument_withTheirKeysAndTokens() {
    assertAgree(
        RoutesInCode.all().stream()
            .filter(call -> !nameless(call.method(), call.path()).equals(SOCKET))
            .map(DocumentsAgreeTest::there)
            .toList(),
        PublishedDocuments.operations().stream().map(DocumentsAgreeTest::described).toList());
  }

  @Test
  void refusals_thatEveryCallOfAKindMayGet_areDescribed() {
    List<String> missing = new ArrayList<>();
    for (PublishedDocuments.Operation operation : PublishedDocuments.operations()) {
      Set<String> refusals = new TreeSet<>();
      if (isKeyed(operation)) {
        refusals.addAll(Set.of("400", "409"));
      }
      if (operation.description().has("requestBody")) {
        refusals.addAll(Set.of("400", "413"));
      }
      if (operation.path().startsWith("/api/rooms/")) {
        // A room that was never begun is hidden from all but its staff.
        refusals.addAll(Set.of("401", "403", "404", "503"));
      }
      refusals.removeAll(operation.description().path("responses").propertyNames());
      refusals.forEach(
          each -> missing.add(operation.method() + " " + operation.path() + " " + each));
    }
    assertEquals(List.of(), missing);
  }

  @Test
  void socket_isAtTheAddressOfTheChannel() {
    String address = PublishedDocuments.async().at("/channels/room/address").asString();
    assertEquals(SOCKET, nameless("GET", address));
    assertTrue(
        RoutesInCode.all().stream()
            .anyMatch(call -> nameless(call.method(), call.path()).equals(SOCKET)));
  }

  private static String described(PublishedDocuments.Operation operation) {
    JsonNode description = operation.description();
    // Without a word of its own, what holds for all calls holds: a token is needed.
    Optional<JsonNode> ways = Optional.of(description.path("security")).filter(JsonNode::isArray);
    boolean hasToken = ways.map(all -> !all.isEmpty()).orElse(true);
    boolean needsToken = ways.isEmpty();
    return sentence(operation.method(), operation.path(), isKeyed(operation), hasToken, needsToken);
  }

  private static boolean isKeyed(PublishedDocuments.Operation operation) {
    return operation
        .description()
        .path("parameters")
        .valueStream()
        .anyMatch(each -> each.path("$ref").asString("").endsWith("/IdempotencyKey"));
  }

  private static String there(RoutesInCode.Call call) {
    return sentence(call.method(), call.path(), call.keyed(), call.hasToken(), call.needsToken());
  }

  private static String sentence(
      String method, String path, boolean keyed, boolean hasToken, boolean needsToken) {
    return nameless(method, path)
        + (keyed ? ", with a key" : "")
        + (needsToken ? ", with a token" : hasToken ? ", with or without a token" : "");
  }

  /** What a parameter is called is for readers alone. */
  private static String nameless(String method, String path) {
    return method + " " + path.replaceAll("\\{[^}]*}", "{}");
  }

  // ---- messages

  @Test
  void messagesOfClients_areThoseOfTheDocument_andOfTheSdk() {
    assertAgree(TypesInCode.read(), PublishedDocuments.clientMessages());
    assertAgree(TypesInCode.read(), PublishedDocuments.sdkInterface("ClientMessages"));
  }

  @Test
  void messagesAndEventsOfTheServer_areThoseOfTheDocument() {
    Set<String> described = new HashSet<>(PublishedDocuments.serverMessages());
    described.addAll(PublishedDocuments.events());
    assertAgree(TypesInCode.written(), described);
  }

  @Test
  void messagesAndEventsOfTheServer_areThoseOfTheSdk() {
    Set<String> told = new HashSet<>(PublishedDocuments.serverMessages());
    told.addAll(PublishedDocuments.events());
    // The SDK takes the frame of events apart, and answers settle a promise.
    told.remove("events");
    told.removeAll(PublishedDocuments.answerMessages());
    assertAgree(told, PublishedDocuments.sdkInterface("Messages"));
  }

  @Test
  void fieldsOfMessages_areThoseOfTheSdk() {
    for (String type : PublishedDocuments.sdkInterface("Messages")) {
      Set<String> described =
          PublishedDocuments.events().contains(type)
              ? PublishedDocuments.fieldsOfEvent(type)
              : PublishedDocuments.fieldsOfMessage(type);
      assertAgree(
          named(type, described), named(type, PublishedDocuments.sdkFields("Messages", type)));
    }
    for (String type : PublishedDocuments.sdkInterface("ClientMessages")) {
      Set<String> described = new TreeSet<>(PublishedDocuments.fieldsOfMessage(type));
      described.removeAll(Set.of("type", "id"));
      assertAgree(
          named(type, described),
          named(type, PublishedDocuments.sdkFields("ClientMessages", type)));
    }
  }

  private static List<String> named(String type, Set<String> fields) {
    return fields.stream().map(field -> type + ": " + field).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "Viewer, Viewer",
    "TierTerms, TierTerms",
    "Settings, Settings",
    "Order, Order",
    "Sale, Sale",
    // In a snapshot it also says whether the viewer is in it.
    "Lottery, ViewersLottery",
    "Winner, Winners/items",
    "Snapshot, Snapshot",
  })
  void fieldsOfThings_areThoseOfTheSdk(String name, String schema) {
    assertAgree(
        PublishedDocuments.fieldsOf(PublishedDocuments.async().at("/components/schemas/" + schema)),
        PublishedDocuments.sdkInterface(name));
  }

  @Test
  void vocabularies_areThoseOfTheSdk() {
    assertAgree(wire(Tier.values(), Tier::wire), PublishedDocuments.sdkUnion("Tier"));
    assertAgree(wire(Role.values(), Role::wire), PublishedDocuments.sdkUnion("Role"));
    assertAgree(
        wire(Danmaku.Mode.values(), Danmaku.Mode::wire), PublishedDocuments.sdkUnion("Mode"));
    assertAgree(
        wire(Order.Status.values(), Order.Status::wire),
        PublishedDocuments.sdkUnion("OrderStatus"));
    Set<String> codes = wire(Reason.values(), Reason::wire);
    codes.addAll(Set.of("timeout", "closed")); // the client's own
    assertAgree(codes, PublishedDocuments.sdkUnion("ErrorCode"));
  }

  private static <T> Set<String> wire(T[] values, Function<T, String> name) {
    return Arrays.stream(values).map(name).collect(Collectors.toCollection(TreeSet::new));
  }

  // ---- schemas and examples

  @Test
  void examplesOfMessages_fitTheirSchemas_andAreUnderstood() {
    int seen = 0;
    for (JsonNode message : PublishedDocuments.async().at("/components/messages")) {
      for (JsonNode example : message.path("examples")) {
        JsonNode payload = example.path("payload");
        boolean byClients =
            PublishedDocuments.clientMessages()
                .contains(PublishedDocuments.typeOf(message.path("payload")));
        assertEquals(
            Optional.empty(),
            byClients
                ? PublishedSchemas.misfitOfClientMessage(payload)
                : PublishedSchemas.misfitOfFrame(payload));
        if (byClients) {
          byte[] frame = payload.toString().getBytes(StandardCharsets.UTF_8);
          ClientMessage read = ClientMessages.read(frame, 0, frame.length, Kinds.ALL.messages());
          assertFalse(read instanceof ClientMessage.Malformed, payload + ": " + read);
        }
        seen++;
      }
    }
    assertTrue(seen >= PublishedDocuments.clientMessages().size(), seen + " examples");
  }

  @Test
  void examplesOfAnswers_fitTheirSchemas() {
    int seen = 0;
    for (PublishedDocuments.Operation operation : PublishedDocuments.operations()) {
      for (var response : operation.description().path("responses").properties()) {
        JsonNode content =
            PublishedDocuments.resolved(PublishedDocuments.http(), response.getValue())
                .path("content");
        for (var each : content.properties()) {
          JsonNode example = each.getValue().path("example");
          if (!example.isMissingNode()) {
            seen++;
            assertEquals(
                Optional.empty(),
                PublishedSchemas.misfitOfAnswer(
                    operation.method(),
                    operation.path(),
                    Integer.parseInt(response.getKey()),
                    each.getKey(),
                    example));
          }
        }
      }
    }
    assertTrue(seen > 20, seen + " examples");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'likes','total':1} | no schema of type 'likes'",
        "{'type':'ok','id':'a','new':1} | field 'new' is not described",
        "{'type':'error','id':'a','code':'no','message':''} | /code does not have a value",
        "{'type':'events','seq':1,'events':[{'type':'ok','id':'a'}]} | no schema of type 'ok'",
        "{'type':'events','seq':1,'events':[{'type':'likes'}]} | required property 'total'",
        "{'type':'events','seq':1,'events':[{'type':'likes','total':'1'}]} | /total string found",
      })
  void frameThatDoesNotFit_isToldWithTheReason(String frame, String reason) {
    String misfit = PublishedSchemas.misfitOfFrame(json(frame)).orElseThrow();
    assertTrue(misfit.contains(reason), misfit);
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text.replace('\'', '"'));
  }

  @Test
  void answerThatDoesNotFit_isToldWithTheReason() {
    List<Optional<String>> misfits =
        Stream.of(
                PublishedSchemas.misfitOfAnswer("GET", "/api/new", 200, "", json("{}")),
                PublishedSchemas.misfitOfAnswer("GET", "/healthz", 500, "text/plain", json("{}")),
                PublishedSchemas.misfitOfAnswer("GET", "/healthz", 200, "text/html", json("{}")),
                PublishedSchemas.misfitOfAnswer(
                    "PATCH", "/api/rooms/r", 200, "application/json", json("{'slowModeMs':-1}")))
            .toList();
    assertTrue(misfits.get(0).orElseThrow().contains("GET /api/new is not described"));
    assertTrue(misfits.get(1).orElseThrow().contains("GET /healthz 500 is not described"));
    assertTrue(misfits.get(2).orElseThrow().contains("other content than 'text/html'"));
    assertTrue(misfits.get(3).orElseThrow().contains("/slowModeMs must have a minimum value"));
  }
}
