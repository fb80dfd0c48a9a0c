package barrage.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Reads YAML into {@link Node}s. Configuration needs no aliases, no second document and no key
 * twice, so they are mistakes here.
 */
final class YamlReader {
  private static final YAMLFactory YAML = new YAMLFactory();

  private final String file;
  private final YAMLParser parser;

  private YamlReader(String file, YAMLParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /** The keys of a file; none when it is empty. */
  static Node.Mapping read(String file, String yaml) {
    try (YAMLParser parser = (YAMLParser) YAML.createParser(ObjectReadContext.empty(), yaml)) {
      return new YamlReader(file, parser).document();
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      int line = at == null ? 1 : Math.max(1, at.getLineNr());
      throw new ConfigException(file + ":" + line, problem(e.getOriginalMessage()));
    }
  }

  /** The parser's message without the excerpts from the file, which it indents. */
  private static String problem(String message) {
    return message
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith(" "))
        .collect(Collectors.joining(", "));
  }

  private Node.Mapping document() {
    JsonToken first = parser.nextToken();
    if (first == null) {
      return new Node.Mapping(1, Map.of());
    }
    Node root = node(first);
    if (!(root instanceof Node.Mapping mapping)) {
      throw fault(root.line(), "must be keys with values, is " + root.describe());
    }
    if (parser.nextToken() != null) {
      throw fault(line(), "a second document");
    }
    return mapping;
  }

  private Node node(JsonToken token) {
    int line = line();
    if (parser.isCurrentAlias()) {
      throw fault(line, "aliases are not understood here");
    }
    return switch (token) {
      case START_OBJECT -> mapping(line);
      case START_ARRAY -> sequence(line);
      case VALUE_NUMBER_INT -> scalar(line, Node.Scalar.Kind.INTEGER);
      case VALUE_NUMBER_FLOAT -> scalar(line, Node.Scalar.Kind.DECIMAL);
      case VALUE_TRUE, VALUE_FALSE -> scalar(line, Node.Scalar.Kind.FLAG);
      case VALUE_NULL -> new Node.Scalar(line, Node.Scalar.Kind.NOTHING, "");
      default -> scalar(line, Node.Scalar.Kind.TEXT);
    };
  }

  private Node scalar(int line, Node.Scalar.Kind kind) {
    return new Node.Scalar(line, kind, parser.getString());
  }

  private Node sequence(int line) {
    List<Node> items = new ArrayList<>();
    for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
      items.add(node(t));
    }
    return new Node.Sequence(line, items);
  }

  private Node mapping(int line) {
    Map<String, Node.Member> members = new LinkedHashMap<>();
    for (String key = parser.nextName(); key != null; key = parser.nextName()) {
      int keyLine = line();
      Node value = node(parser.nextToken());
      if (members.put(key, new Node.Member(keyLine, value)) != null) {
        throw fault(keyLine, "'" + key + "' stands here twice");
      }
    }
    return new Node.Mapping(line, members);
  }

  private int line() {
    return parser.currentTokenLocation().getLineNr();
  }

  private ConfigException fault(int line, String message) {
    return new ConfigException(file + ":" + line, message);
  }
}
