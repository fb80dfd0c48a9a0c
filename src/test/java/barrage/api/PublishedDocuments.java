package barrage.api;

import barrage.Kinds;
import barrage.activity.ApiDocuments;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * What the server publishes about itself: {@code /asyncapi.yaml}, {@code /openapi.yaml} and the
 * types of the SDK. Every test that reads one of them reads it here. Safe for any thread; the trees
 * are shared and must not be changed.
 */
public final class PublishedDocuments {
  private static final JsonNode ASYNC = yaml("asyncapi");
  private static final JsonNode HTTP = yaml("openapi");
  private static final String EVENT_TYPES = "/components/schemas/Event/oneOf";
  private static final String SDK = text("/web/sdk/barrage.d.ts");
  private static final int BLOCK = Pattern.MULTILINE | Pattern.DOTALL;

  private PublishedDocuments() {}

  /** The AsyncAPI document: the WebSocket protocol. */
  public static JsonNode async() {
    return ASYNC;
  }

  /** The OpenAPI document: the HTTP API. */
  public static JsonNode http() {
    return HTTP;
  }

  /** The types of the messages that clients send. */
  public static Set<String> clientMessages() {
    return payloads("receive").map(PublishedDocuments::typeOf).collect(inOrder());
  }

  /** The types of the frames that the server sends, answers to requests included. */
  public static Set<String> serverMessages() {
    return Stream.concat(payloads("send"), answers())
        .map(PublishedDocuments::typeOf)
        .collect(inOrder());
  }

  /** The types of what happens in a room, told in {@code events}. */
  public static Set<String> events() {
    return ASYNC
        .at(EVENT_TYPES)
        .valueStream()
        .map(event -> typeOf(resolved(ASYNC, event)))
        .collect(inOrder());
  }

  /** The types of the answers to requests. */
  public static Set<String> answerMessages() {
    return answers().map(PublishedDocuments::typeOf).collect(inOrder());
  }

  /**
   * A call of the HTTP API.
   *
   * @param method in capitals
   * @param path with {@code {name}} where a parameter stands
   */
  public record Operation(String method, String path, JsonNode description) {}

  /** All calls of the HTTP API. */
  public static List<Operation> operations() {
    return HTTP.path("paths").properties().stream()
        .flatMap(
            path ->
                path.getValue().properties().stream()
                    .filter(member -> !member.getKey().equals("parameters"))
                    .map(
                        member ->
                            new Operation(
                                member.getKey().toUpperCase(Locale.ROOT),
                                path.getKey(),
                                member.getValue())))
        .toList();
  }

  /** The fields of a message of this type, from a client or from the server. */
  static Set<String> fieldsOfMessage(String type) {
    return fields(
        ASYNC.at("/components/messages").valueStream().map(message -> message.path("payload")),
        type);
  }

  /** The fields of an event of this type. */
  static Set<String> fieldsOfEvent(String type) {
    return fields(ASYNC.at(EVENT_TYPES).valueStream().map(event -> resolved(ASYNC, event)), type);
  }

  private static Set<String> fields(Stream<JsonNode> schemas, String type) {
    return schemas
        .filter(schema -> typeOf(schema).equals(type))
        .findFirst()
        .map(PublishedDocuments::fieldsOf)
        .orElseThrow(() -> new AssertionError("no schema of " + type));
  }

  /** The fields of an object that a schema of the AsyncAPI document describes. */
  static Set<String> fieldsOf(JsonNode schema) {
    JsonNode object = resolved(ASYNC, schema);
    Set<String> fields = new LinkedHashSet<>(object.path("properties").propertyNames());
    object.path("allOf").forEach(part -> fields.addAll(fieldsOf(part)));
    return fields;
  }

  /** The names in an interface of the SDK's types. */
  static Set<String> sdkInterface(String name) {
    return sdkMembers(name).keySet();
  }

  /** The names in the type of one member of an interface, which is an object. */
  static Set<String> sdkFields(String name, String member) {
    Set<String> fields = new LinkedHashSet<>();
    for (String part : sdkMembers(name).get(member).split(" & ", -1)) {
      if (part.startsWith("{")) {
        fields.addAll(names(part, "[{;,]\\s*"));
      } else {
        fields.addAll(sdkInterface(part));
      }
    }
    return fields;
  }

  /** The members of an interface, and their types as text. */
  private static Map<String, String> sdkMembers(String name) {
    Matcher body =
        Pattern.compile("^export interface " + name + "[^{]*\\{\n(.*?)^}", BLOCK).matcher(SDK);
    if (!body.find()) {
      throw new AssertionError("barrage.d.ts has no interface " + name);
    }
    Map<String, String> members = new LinkedHashMap<>();
    Pattern.compile("^  '?([\\w.]+)'?\\??:\\s*(.*?);$(?!\n    |\n  })", BLOCK)
        .matcher(body.group(1))
        .results()
        .forEach(member -> members.put(member.group(1), member.group(2)));
    return members;
  }

  private static Set<String> names(String text, String before) {
    return Pattern.compile(before + "'?([\\w.]+)'?\\??:")
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .collect(inOrder());
  }

  /** The values of a union of texts in the SDK's types. */
  static Set<String> sdkUnion(String name) {
    Matcher body = Pattern.compile("^export type " + name + " =(.*?);", BLOCK).matcher(SDK);
    if (!body.find()) {
      throw new AssertionError("barrage.d.ts has no type " + name);
    }
    return Pattern.compile("'([^']+)'")
        .matcher(body.group(1))
        .results()
        .map(value -> value.group(1))
        .collect(inOrder());
  }

  /** The node that a {@code $ref} leads to, or the node itself. */
  static JsonNode resolved(JsonNode document, JsonNode node) {
    JsonNode at = node;
    while (at.has("$ref")) {
      at = document.at(JsonPointer.compile(at.path("$ref").asString().substring(1)));
    }
    return at;
  }

  private static Stream<JsonNode> payloads(String action) {
    return ASYNC
        .path("operations")
        .valueStream()
        .filter(operation -> operation.path("action").asString().equals(action))
        .flatMap(operation -> operation.path("messages").valueStream())
        .map(message -> resolved(ASYNC, message).path("payload"));
  }

  private static Stream<JsonNode> answers() {
    return ASYNC
        .at("/components/replies")
        .valueStream()
        .flatMap(reply -> reply.path("messages").valueStream())
        .map(message -> resolved(ASYNC, message).path("payload"));
  }

  /** The {@code type} that a schema asks for. */
  static String typeOf(JsonNode schema) {
    return Stream.concat(Stream.of(schema), schema.path("allOf").valueStream())
        .flatMap(part -> part.at("/properties/type/const").asStringOpt().stream())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no type in " + schema));
  }

  private static Collector<String, ?, Set<String>> inOrder() {
    return Collectors.toCollection(LinkedHashSet::new);
  }

  private static JsonNode yaml(String name) {
    return new YAMLMapper().readTree(ApiDocuments.joined(name, Kinds.ALL));
  }

  private static String text(String resource) {
    try (InputStream in = PublishedDocuments.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
