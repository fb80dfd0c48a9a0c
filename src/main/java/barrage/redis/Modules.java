package barrage.redis;

import barrage.activity.Activities;
import barrage.activity.Activity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The modules of activities as scripts: a batch is sent to the script of the kernel and just the
 * modules that it needs, with just their keys. Redis knows each set by a digest of its own. Safe
 * for any thread.
 */
final class Modules {
  /** Keys that every module has: its things by id, and their ids by when they were made. */
  private static final List<String> COMMON_KEYS = List.of("things", "list");

  private final Activities activities;
  private final Map<Set<String>, Script> commits = new ConcurrentHashMap<>();
  private final Map<String, Script> asks = new ConcurrentHashMap<>();
  private final Script open;

  Modules(Activities activities) {
    this.activities = activities;
    this.open = Script.open(texts(kinds(), "state"));
  }

  /** All kinds, one that another needs before it. */
  Set<String> kinds() {
    return activities.all().stream()
        .map(Activity::kind)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** The script of a batch with entries of these kinds. */
  Script commit(Set<String> kinds) {
    return kinds.isEmpty()
        ? Script.COMMIT
        : commits.computeIfAbsent(
            Set.copyOf(kinds), asked -> Script.commit(texts(withNeeds(asked), "state", "commit")));
  }

  /** The script that reads a room. */
  Script open() {
    return open;
  }

  /** The script that asks a kind's module. */
  Script ask(String kind) {
    return asks.computeIfAbsent(
        kind, asked -> Script.ask(texts(withNeeds(Set.of(asked)), "state")));
  }

  /** The keys of the modules that these kinds need. */
  List<byte[]> keys(Set<String> kinds, Keys room) {
    List<byte[]> keys = new ArrayList<>();
    for (String kind : withNeeds(kinds)) {
      for (String name : keyNames(kind)) {
        keys.add(room.ofKind(kind, name));
      }
    }
    return keys;
  }

  private Set<String> withNeeds(Set<String> kinds) {
    Set<String> needed = new LinkedHashSet<>();
    for (Activity activity : activities.all()) {
      if (kinds.contains(activity.kind())) {
        needed.addAll(activity.store().needs());
        needed.add(activity.kind());
      }
    }
    return needed;
  }

  private List<String> keyNames(String kind) {
    List<String> names = new ArrayList<>(COMMON_KEYS);
    Activity activity = activities.of(kind);
    if (activity == null) {
      throw new IllegalArgumentException("no activity " + kind);
    }
    names.addAll(activity.store().keys());
    return names;
  }

  private List<String> texts(Collection<String> kinds, String... files) {
    List<String> texts = new ArrayList<>();
    for (String kind : kinds) {
      StringBuilder text = new StringBuilder("K.add('").append(kind).append("', {");
      keyNames(kind).forEach(name -> text.append('\'').append(name).append("', "));
      text.append('}');
      for (String file : files) {
        text.append(", (function()\n")
            .append(Script.text("activity/" + kind + '/' + file))
            .append("\nend)()");
      }
      texts.add(text.append(")\n").toString());
    }
    return texts;
  }
}
