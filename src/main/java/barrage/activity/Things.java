package barrage.activity;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The things of a kind by their ids, as the store says they are: all that most kinds need to
 * remember. The fields of a count are fields of its thing from then on.
 */
public class Things implements Book {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final String kind;
  private final Map<String, ObjectNode> active = new LinkedHashMap<>();

  /** Of this kind, without any. */
  public Things(String kind) {
    this.kind = kind;
  }

  @Override
  public void openAt(List<Thing> things) {
    active.clear();
    for (Thing thing : things) {
      active.put(thing.id(), read(thing.json()));
    }
  }

  @Override
  public void on(Notice notice) {
    switch (notice.what()) {
      case CHANGED -> active.put(notice.id(), read(notice.json()));
      case GONE -> active.remove(notice.id());
      case COUNT -> count(notice);
      case NEWS -> {
        // For kinds that have any.
      }
    }
  }

  private void count(Notice notice) {
    ObjectNode thing = active.get(notice.id());
    if (thing != null) {
      ObjectNode counts = read(notice.json());
      counts.remove(List.of("type", kind));
      thing.setAll(counts);
    }
  }

  @Override
  public final List<Thing> active() {
    List<Thing> things = new ArrayList<>(active.size());
    active.forEach((id, json) -> things.add(new Thing(kind, id, JSON.writeValueAsBytes(json))));
    return things;
  }

  @Override
  public final boolean isEmpty() {
    return active.isEmpty();
  }

  /** A thing that is open, scheduled or just over; {@code null} for any other. */
  protected final @Nullable ObjectNode thing(String id) {
    return active.get(id);
  }

  private static ObjectNode read(byte[] json) {
    return (ObjectNode) JSON.readTree(json);
  }
}
