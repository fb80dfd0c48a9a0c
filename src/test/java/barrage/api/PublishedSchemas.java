package barrage.api;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Holds what the server says to the schemas that it publishes. Clients are told to ignore fields
 * that they do not know, so a schema allows them; here such a field is a misfit all the same, for
 * whatever the server says is to be described. Safe for any thread.
 */
public final class PublishedSchemas {
  private static final String ASYNC = "urn:barrage:asyncapi";
  private static final String HTTP = "urn:barrage:openapi";
  private static final int MOST_SHOWN_CHARS = 4_000;
  private static final String EVENT = "/components/schemas/Event";

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          registry ->
              registry.schemas(
                  Map.of(
                      ASYNC, withoutEvents(closed(PublishedDocuments.async())).toString(),
                      HTTP, closed(PublishedDocuments.http()).toString())));

  private static final Map<String, Schema> CLIENT_MESSAGES = messages("receive");
  private static final Map<String, Schema> SERVER_MESSAGES = messages("send");
  private static final Map<String, Schema> EVENTS = events();
  private static final Map<String, Schema> BODIES = new ConcurrentHashMap<>();

  private PublishedSchemas() {}

  /** Why this is no message of a client; empty when it is one. */
  public static Optional<String> misfitOfClientMessage(JsonNode message) {
    return misfit(CLIENT_MESSAGES, message);
  }

  /** Why this is no frame of the server; empty when it is one. */
  public static Optional<String> misfitOfFrame(JsonNode frame) {
    Optional<String> misfit = misfit(SERVER_MESSAGES, frame);
    for (JsonNode event : frame.path("events")) {
      if (misfit.isPresent()) {
        return misfit;
      }
      misfit = misfit(EVENTS, event);
    }
    return misfit;
  }

  /**
   * Why this is no answer to that call; empty when it is one.
   *
   * @param target the path, perhaps with a query
   * @param contentType empty when there is none
   * @param body the body when it is JSON, else a missing node
   */
  public static Optional<String> misfitOfAnswer(
      String method, String target, int status, String contentType, JsonNode body) {
    String path = target.split("\\?", 2)[0];
    String mediaType = contentType.split(";", 2)[0].strip();
    PublishedDocuments.Operation operation = operation(method, path);
    if (operation == null) {
      // Whoever asks for what is not there is told so; pages are no calls.
      boolean answered = status < 400 && path.startsWith("/api/");
      return answered ? Optional.of(method + " " + path + " is not described") : Optional.empty();
    }
    String named = method + " " + operation.path() + " " + status;
    JsonNode responses = operation.description().path("responses");
    if (!responses.has(String.valueOf(status))) {
      return Optional.of(named + " is not described");
    }
    String at =
        pointer("/paths", operation.path(), method.toLowerCase(Locale.ROOT))
            + "/responses/"
            + status;
    JsonNode response = responses.path(String.valueOf(status));
    if (response.has("$ref")) {
      at = response.path("$ref").asString().substring(1);
      response = PublishedDocuments.resolved(PublishedDocuments.http(), response);
    }
    JsonNode content = response.path("content");
    if (mediaType.isEmpty() ? !content.isMissingNode() : !content.has(mediaType)) {
      return Optional.of(named + " is described with other content than '" + mediaType + "'");
    }
    if (!mediaType.endsWith("json")) {
      return Optional.empty();
    }
    String schema = HTTP + "#" + at + pointer("/content", mediaType, "schema");
    return misfit(BODIES.computeIfAbsent(schema, PublishedSchemas::schema), body)
        .map(misfit -> named + ": " + misfit);
  }

  private static PublishedDocuments.Operation operation(String method, String path) {
    String[] segments = path.split("/", -1);
    String described = method.equals("HEAD") ? "GET" : method;
    return PublishedDocuments.operations().stream()
        .filter(operation -> operation.method().equals(described))
        .filter(operation -> matches(operation.path().split("/", -1), segments))
        .findFirst()
        .orElse(null);
  }

  private static boolean matches(String[] template, String[] path) {
    if (template.length != path.length) {
      return false;
    }
    for (int i = 0; i < path.length; i++) {
      if (!template[i].startsWith("{") && !template[i].equals(path[i])) {
        return false;
      }
    }
    return true;
  }

  private static Optional<String> misfit(Map<String, Schema> schemas, JsonNode message) {
    String type = message.path("type").asString("");
    Schema schema = schemas.get(type);
    return schema == null
        ? Optional.of("no schema of type '" + type + "': " + message)
        : misfit(schema, message);
  }

  private static Optional<String> misfit(Schema schema, JsonNode message) {
    List<Error> errors = schema.validate(message);
    if (errors.isEmpty()) {
      return Optional.empty();
    }
    // A field is only known to be described in an object that is else as it should be.
    List<Error> reasons = errors.stream().filter(error -> !isOfAnUnknownField(error)).toList();
    if (reasons.isEmpty()) {
      int depth = errors.stream().mapToInt(PublishedSchemas::depth).max().getAsInt();
      reasons = errors.stream().filter(error -> depth(error) == depth).toList();
    }
    String text = message.toString();
    return Optional.of(
        reasons.stream().map(PublishedSchemas::reason).collect(Collectors.joining("; "))
            + " in "
            + text.substring(0, Math.min(text.length(), MOST_SHOWN_CHARS)));
  }

  private static String reason(Error error) {
    String what =
        isOfAnUnknownField(error)
            ? "field '" + error.getProperty() + "' is not described"
            : error.getMessage();
    return (error.getInstanceLocation() + " " + what).strip();
  }

  private static boolean isOfAnUnknownField(Error error) {
    return error.getKeyword().equals("unevaluatedProperties");
  }

  private static int depth(Error error) {
    return error.getInstanceLocation().getNameCount();
  }

  private static Map<String, Schema> messages(String action) {
    Map<String, Schema> schemas = new HashMap<>();
    JsonNode messages = PublishedDocuments.async().at("/components/messages");
    var types =
        action.equals("send")
            ? PublishedDocuments.serverMessages()
            : PublishedDocuments.clientMessages();
    for (String name : messages.propertyNames()) {
      String type = PublishedDocuments.typeOf(messages.path(name).path("payload"));
      if (types.contains(type)) {
        schemas.put(type, schema(ASYNC + "#/components/messages/" + name + "/payload"));
      }
    }
    return schemas;
  }

  private static Map<String, Schema> events() {
    Map<String, Schema> schemas = new HashMap<>();
    JsonNode async = PublishedDocuments.async();
    JsonNode events = async.at(EVENT + "/oneOf");
    for (int i = 0; i < events.size(); i++) {
      String type = PublishedDocuments.typeOf(PublishedDocuments.resolved(async, events.get(i)));
      schemas.put(type, schema(ASYNC + "#" + EVENT + "/oneOf/" + i));
    }
    return schemas;
  }

  private static Schema schema(String location) {
    Schema schema = REGISTRY.getSchema(SchemaLocation.of(location));
    schema.initializeValidators();
    return schema;
  }

  private static String pointer(String... names) {
    StringBuilder pointer = new StringBuilder(names[0]);
    for (String name : List.of(names).subList(1, names.length)) {
      pointer.append('/').append(name.replace("~", "~0").replace("/", "~1"));
    }
    return pointer.toString();
  }

  /** Each event is held to the schema of its type: to try one after the other would be slow. */
  private static JsonNode withoutEvents(JsonNode async) {
    ObjectNode events =
        (ObjectNode) async.at("/components/messages/events/payload/properties/events");
    events.putObject("items");
    return async;
  }

  /**
   * A copy in which no object may have fields that are not described. An object that {@code allOf}
   * puts together is closed as a whole, and a named schema where it is used.
   */
  private static JsonNode closed(JsonNode document) {
    ObjectNode copy = (ObjectNode) JsonMapper.shared().readTree(document.toString());
    // What else stands at the root of a document would be taken for keywords of a schema.
    copy.retain("paths", "components");
    close(copy, false);
    return copy;
  }

  private static void close(JsonNode node, boolean part) {
    if (node instanceof ObjectNode object) {
      boolean describesAnObject =
          object.path("properties").isObject() || object.has("allOf") || object.has("$ref");
      if (describesAnObject && !part) {
        object.put("unevaluatedProperties", false);
      }
      for (var member : object.properties()) {
        boolean isNamedSchemas = member.getKey().equals("schemas");
        for (JsonNode child : isNamedSchemas ? member.getValue() : List.of(member.getValue())) {
          close(child, isNamedSchemas || member.getKey().equals("allOf"));
        }
      }
    } else if (node instanceof ArrayNode array) {
      array.forEach(child -> close(child, part));
    }
  }
}
