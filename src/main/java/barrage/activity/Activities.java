package barrage.activity;

import barrage.config.Section;
import barrage.core.Action;
import barrage.wire.ClientMessages;
import barrage.wire.JsonBody;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The kinds of interaction that a server carries. Immutable. */
public final class Activities {
  /** A server without any. */
  public static final Activities NONE = new Activities(List.of());

  private static final Pattern KIND = Pattern.compile("[a-z]{1,20}");

  private final Map<String, Activity> byKind = new LinkedHashMap<>();
  private final Map<String, Function<JsonBody, Action.Request>> requests = new HashMap<>();
  private final Map<String, String> kindOfType = new HashMap<>();

  /**
   * Registers them.
   *
   * @throws IllegalArgumentException when two share a kind, a message or a path, or one needs a
   *     kind that does not stand before it
   */
  public Activities(List<Activity> all) {
    for (Activity activity : all) {
      String kind = activity.kind();
      check(KIND.matcher(kind).matches(), kind, "is no name of a kind");
      check(byKind.keySet().containsAll(activity.store().needs()), kind, "comes before its needs");
      check(
          byKind.values().stream().noneMatch(a -> a.path().equals(activity.path())), kind, "path");
      check(byKind.put(kind, activity) == null, kind, "is there twice");
      activity
          .requests()
          .forEach(
              (type, reader) -> {
                check(type.startsWith(kind + '.'), kind, "may not take " + type);
                check(requests.put(type, reader) == null, kind, type + " is there twice");
                kindOfType.put(type, kind);
              });
    }
  }

  private static void check(boolean holds, String kind, String what) {
    if (!holds) {
      throw new IllegalArgumentException("activity " + kind + ": " + what);
    }
  }

  /** All of them, in the order in which they were given: one that is needed stands first. */
  public Collection<Activity> all() {
    return byKind.values();
  }

  /** Their names, in that order. */
  public List<String> kinds() {
    return List.copyOf(byKind.keySet());
  }

  /** The activity of a kind; {@code null} when there is none, as for one of a later release. */
  public @Nullable Activity of(String kind) {
    return byKind.get(kind);
  }

  /** The kind that a request belongs to, by its message's type. */
  public String kindOf(Action.Kind type) {
    String kind = kindOfType.get(type.wire());
    if (kind == null) {
      throw new IllegalArgumentException("no kind has " + type.wire());
    }
    return kind;
  }

  /** How each kind reads the section of its name in {@code rules.yaml}. */
  public Map<String, Function<Section, Object>> sectionReaders() {
    Map<String, Function<Section, Object>> readers = new LinkedHashMap<>();
    byKind.forEach((kind, activity) -> readers.put(kind, activity::rules));
    return readers;
  }

  /** How a proof is checked, by its fields; empty when it is of none of these kinds. */
  public Optional<ProofKind> proofOf(JsonNode proof) {
    return byKind.values().stream()
        .flatMap(activity -> activity.proof().stream())
        .filter(kind -> kind.isOf(proof))
        .findFirst();
  }

  /** How the messages of all of them are read. */
  public ClientMessages.Types messages() {
    return requests::get;
  }
}
