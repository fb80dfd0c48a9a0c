package barrage.config;

import java.util.List;
import java.util.Map;

/** What a YAML file holds; each piece knows the line it stands on. */
sealed interface Node {
  int line();

  /** What a message calls it. */
  String describe();

  /** A single value, as it was written. */
  record Scalar(int line, Kind kind, String text) implements Node {
    enum Kind {
      TEXT,
      INTEGER,
      DECIMAL,
      FLAG,
      NOTHING
    }

    @Override
    public String describe() {
      return kind == Kind.NOTHING ? "nothing" : "'" + text + "'";
    }
  }

  record Sequence(int line, List<Node> items) implements Node {
    @Override
    public String describe() {
      return "a list";
    }
  }

  /** Keys in the order of the file. */
  record Mapping(int line, Map<String, Member> members) implements Node {
    @Override
    public String describe() {
      return "a group of keys";
    }
  }

  /**
   * A key and its value.
   *
   * @param line of the key
   */
  record Member(int line, Node value) {}
}
