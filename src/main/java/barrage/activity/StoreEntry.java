package barrage.activity;

import barrage.core.Entry;
import barrage.core.RequestKey;
import barrage.core.ViewerId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something for an activity's module to do: {@code entries.<name>} of its Lua, with arguments of
 * three sorts. Immutable once built; made by {@link #of}.
 */
public final class StoreEntry implements Entry.OfActivity {
  private final String kind;
  private final String name;
  private final @Nullable RequestKey key;
  private final List<Argument> arguments;
  private final int content;
  private final boolean promised;
  private final boolean ranked;

  private StoreEntry(Builder built, @Nullable RequestKey key) {
    this.kind = built.kind;
    this.name = built.name;
    this.key = key;
    this.arguments = List.copyOf(built.arguments);
    this.content = built.content;
    this.promised = built.promised;
    this.ranked = built.ranked;
  }

  /** An argument as the store hands it to the module. */
  public sealed interface Argument {}

  /** A viewer: the module gets their name, tier, balance. */
  public record OfViewer(ViewerId viewer) implements Argument {}

  /**
   * A key that belongs to one thing.
   *
   * @param name after {@code {room}:<kind>:}
   */
  public record OfKey(String name) implements Argument {}

  /** Bytes, as they are. */
  public record OfBytes(byte[] bytes) implements Argument {}

  /** Begins an entry of a module. */
  public static Builder of(String kind, String name) {
    return new Builder(kind, name);
  }

  /** Collects arguments, in the order in which the module reads them. */
  public static final class Builder {
    private final String kind;
    private final String name;
    private final List<Argument> arguments = new ArrayList<>();
    private int content = -1;
    private boolean promised = true;
    private boolean ranked;

    private Builder(String kind, String name) {
      this.kind = kind;
      this.name = name;
    }

    /** The next argument is a viewer. */
    public Builder viewer(ViewerId viewer) {
      arguments.add(new OfViewer(viewer));
      return this;
    }

    /** The next argument is a key of one thing, by its name after {@code {room}:<kind>:}. */
    public Builder key(String name) {
      arguments.add(new OfKey(name));
      return this;
    }

    /** The next argument is text. */
    public Builder text(String text) {
      return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The next argument is a number. */
    public Builder number(long number) {
      return text(Long.toString(number));
    }

    /** The next argument is {@code 1} or {@code 0}. */
    public Builder flag(boolean flag) {
      return number(flag ? 1 : 0);
    }

    /** The next argument is bytes, as they are. */
    public Builder bytes(byte[] bytes) {
      arguments.add(new OfBytes(bytes));
      return this;
    }

    /**
     * What follows is made up for this try, such as a fresh id: a repeat under the same key may
     * bring another and is the same request.
     */
    public Builder fresh() {
      content = arguments.size();
      return this;
    }

    /** It is answered without waiting for replicas. */
    public Builder notPromised() {
      promised = false;
      return this;
    }

    /** Of those that wait together the ones of higher tiers are decided first. */
    public Builder ranked() {
      ranked = true;
      return this;
    }

    /** The entry, known by its key when it is repeated. */
    public StoreEntry keyed(RequestKey key) {
      return new StoreEntry(this, key);
    }

    /** The entry, which may be repeated without harm. */
    public StoreEntry unkeyed() {
      return new StoreEntry(this, null);
    }
  }

  /** Whose module decides it. */
  public String kind() {
    return kind;
  }

  /** Which of the module's entries. */
  public String name() {
    return name;
  }

  @Override
  public @Nullable RequestKey key() {
    return key;
  }

  /** What the module reads, in order. */
  public List<Argument> arguments() {
    return arguments;
  }

  /** Those of them that tell one request from another under the same key. */
  public List<Argument> content() {
    return content < 0 ? arguments : arguments.subList(0, content);
  }

  @Override
  public boolean isPromised() {
    return promised;
  }

  @Override
  public boolean isRanked() {
    return ranked;
  }
}
