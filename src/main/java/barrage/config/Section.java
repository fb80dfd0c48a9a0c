package barrage.config;

import barrage.config.Node.Scalar.Kind;
import barrage.core.Ratio;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Some keys of a YAML file that belong together, read one by one with the type and range that each
 * must have. What the file leaves out is taken from its defaults. A value that does not fit, and a
 * key that nobody asked for ({@link #refuseUnknown}), is a {@link ConfigException} with its line.
 */
public final class Section {
  private static final Pattern RATIO = Pattern.compile("[0-9]{1,6}/[1-9][0-9]{0,5}");

  private final Folder folder;
  private final String file;
  private final String path;
  private final Node.Mapping node;
  private final @Nullable Section defaults;
  private final Set<String> asked = new LinkedHashSet<>();
  private final List<Section> children = new ArrayList<>();

  private Section(
      Folder folder, String file, String path, Node.Mapping node, @Nullable Section defaults) {
    this.folder = folder;
    this.file = file;
    this.path = path;
    this.node = node;
    this.defaults = defaults;
  }

  /**
   * A whole file.
   *
   * @param defaults what holds where the file says nothing
   */
  public static Section of(Folder folder, String name, @Nullable Section defaults)
      throws IOException {
    String file = folder.describe(name);
    return new Section(folder, file, "", YamlReader.read(file, folder.read(name)), defaults);
  }

  /** A piece of a list: a name and, perhaps, parameters. */
  public record Named(String name, Section parameters) {}

  /** A value and where it stands. */
  public record Located(String text, String where) {}

  /** The keys that stand here, or in the defaults when there are none here. */
  public Set<String> keys() {
    if (node.members().isEmpty() && defaults != null) {
      return defaults.keys();
    }
    return node.members().keySet();
  }

  /** Leaves a key to somebody else: it is not looked at, and not unknown. */
  public void pass(String key) {
    asked.add(key);
  }

  /** A group of keys. */
  public Section section(String key) {
    Section inDefaults = defaults != null && defaults.has(key) ? defaults.section(key) : null;
    if (!node.members().containsKey(key) && inDefaults != null) {
      asked.add(key);
      return inDefaults;
    }
    Found found = find(key);
    if (!(found.value instanceof Node.Mapping mapping)) {
      throw found.misfit("a group of keys");
    }
    return child(key, mapping, inDefaults);
  }

  /**
   * A list of names, each alone or with parameters: {@code - mute} or {@code - text: {…}}.
   *
   * @param defaultsOf parameters for those that the file gives none or not all
   */
  public List<Named> named(String key, Function<String, @Nullable Section> defaultsOf) {
    Found found = find(key);
    if (!(found.value instanceof Node.Sequence sequence)) {
      throw found.misfit("a list");
    }
    List<Named> all = new ArrayList<>();
    for (Node item : sequence.items()) {
      all.add(found.in.named(key, item, defaultsOf));
    }
    return all;
  }

  private Named named(String key, Node item, Function<String, @Nullable Section> defaultsOf) {
    if (item instanceof Node.Scalar name && name.kind() == Kind.TEXT) {
      Node.Mapping none = new Node.Mapping(item.line(), Map.of());
      return new Named(name.text(), child(name.text(), none, defaultsOf.apply(name.text())));
    }
    if (item instanceof Node.Mapping one && one.members().size() == 1) {
      Map.Entry<String, Node.Member> member = one.members().entrySet().iterator().next();
      String name = member.getKey();
      if (member.getValue().value() instanceof Node.Mapping parameters) {
        return new Named(name, child(name, parameters, defaultsOf.apply(name)));
      }
    }
    throw fault(item.line(), key, "must be names, or names with parameters");
  }

  /** A list of texts. */
  public <T> List<T> choices(String key, String what, Function<String, Optional<T>> of) {
    Found found = find(key);
    if (!(found.value instanceof Node.Sequence sequence)) {
      throw found.misfit("a list");
    }
    List<T> all = new ArrayList<>();
    for (Node item : sequence.items()) {
      Optional<T> choice =
          item instanceof Node.Scalar scalar ? of.apply(scalar.text()) : Optional.empty();
      all.add(choice.orElseThrow(() -> found.at(item).misfit("a list, each " + what)));
    }
    return all;
  }

  /** A whole number. */
  public long integer(String key, long least, long most) {
    Found found = find(key);
    if (found.value instanceof Node.Scalar scalar && scalar.kind() == Kind.INTEGER) {
      try {
        long value = Long.parseLong(scalar.text());
        if (value >= least && value <= most) {
          return value;
        }
      } catch (NumberFormatException e) {
        // Hexadecimal and the like, or beyond 64 bits: told below.
      }
    }
    throw found.misfit("a whole number from " + least + " to " + most);
  }

  /** A whole number that is small. */
  public int small(String key, int least, int most) {
    return (int) integer(key, least, most);
  }

  /**
   * A number with at most two decimals.
   *
   * @param least hundredths
   * @param most hundredths
   * @return hundredths
   */
  public int hundredths(String key, int least, int most) {
    Found found = find(key);
    if (found.value instanceof Node.Scalar scalar
        && (scalar.kind() == Kind.INTEGER || scalar.kind() == Kind.DECIMAL)) {
      try {
        int value = new BigDecimal(scalar.text()).movePointRight(2).intValueExact();
        if (value >= least && value <= most) {
          return value;
        }
      } catch (ArithmeticException | NumberFormatException e) {
        // More decimals than two, or no such number: told below.
      }
    }
    throw found.misfit(
        "a number with at most two decimals from "
            + BigDecimal.valueOf(least, 2).stripTrailingZeros().toPlainString()
            + " to "
            + BigDecimal.valueOf(most, 2).stripTrailingZeros().toPlainString());
  }

  /**
   * A number with at most two decimals, or a ratio such as {@code 2/3}.
   *
   * @param most what it may be at most
   */
  public Ratio ratio(String key, int most) {
    Found found = find(key);
    if (found.value instanceof Node.Scalar scalar && RATIO.matcher(scalar.text()).matches()) {
      String[] parts = scalar.text().split("/", -1);
      Ratio ratio = new Ratio(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
      if (ratio.over() <= ratio.under() * most) {
        return ratio;
      }
    } else if (found.value instanceof Node.Scalar scalar && scalar.kind() != Kind.TEXT) {
      return new Ratio(hundredths(key, 0, most * 100), 100);
    }
    throw found.misfit("a number with at most two decimals, or a ratio such as 2/3, up to " + most);
  }

  /** {@code true} or {@code false}. */
  public boolean flag(String key) {
    Found found = find(key);
    if (!(found.value instanceof Node.Scalar scalar) || scalar.kind() != Kind.FLAG) {
      throw found.misfit("true or false");
    }
    return Boolean.parseBoolean(scalar.text());
  }

  /**
   * A text of a certain kind.
   *
   * @param what the kind, for the message
   * @param of empty for a text that is not of that kind
   */
  public <T> T choice(String key, String what, Function<String, Optional<T>> of) {
    Found found = find(key);
    if (!(found.value instanceof Node.Scalar scalar) || scalar.kind() != Kind.TEXT) {
      throw found.misfit(what);
    }
    return of.apply(scalar.text()).orElseThrow(() -> found.misfit(what));
  }

  /** The content of the file beside this one that a key names. */
  public Located file(String key) {
    Found found = find(key);
    if (!(found.value instanceof Node.Scalar name) || name.kind() != Kind.TEXT) {
      throw found.misfit("the name of a file");
    }
    Folder from = found.in.folder;
    try {
      return new Located(from.read(name.text()), from.describe(name.text()));
    } catch (IOException e) {
      throw found.fault("cannot read " + from.describe(name.text()) + ", or it is not UTF-8");
    }
  }

  /** All values by their full key, {@code a.b.c}; those of a list with commas between them. */
  public Map<String, Located> flat() {
    Map<String, Located> all = new LinkedHashMap<>();
    node.members()
        .forEach(
            (key, member) -> {
              asked.add(key);
              if (member.value() instanceof Node.Mapping mapping) {
                all.putAll(child(key, mapping, null).flat());
              } else {
                String text = texts(key, member.value());
                all.put(path + key, new Located(text, file + ":" + member.line()));
              }
            });
    return all;
  }

  private String texts(String key, Node value) {
    if (value instanceof Node.Sequence sequence) {
      return sequence.items().stream()
          .map(item -> texts(key, item))
          .collect(Collectors.joining(","));
    }
    if (value instanceof Node.Scalar scalar) {
      return scalar.text();
    }
    throw new Found(this, key, value).misfit("a single value or a list of such");
  }

  /** A mistake in the value of {@code key}. */
  public ConfigException fault(String key, String message) {
    return find(key).fault(message);
  }

  /** A mistake in this section as a whole. */
  public ConfigException fault(String message) {
    String name = path.isEmpty() ? "" : path.substring(0, path.length() - 1) + ": ";
    return new ConfigException(file + ":" + node.line(), name + message);
  }

  /** Refuses keys, here and in the sections within, that were never asked for. */
  public void refuseUnknown() {
    node.members()
        .forEach(
            (key, member) -> {
              if (!asked.contains(key)) {
                String known = asked.isEmpty() ? "none" : String.join(", ", asked);
                throw fault(member.line(), key, "unknown key; known here: " + known);
              }
            });
    children.forEach(Section::refuseUnknown);
  }

  private boolean has(String key) {
    return node.members().containsKey(key) || (defaults != null && defaults.has(key));
  }

  private Section child(String key, Node.Mapping mapping, @Nullable Section inDefaults) {
    Section child = new Section(folder, file, path + key + ".", mapping, inDefaults);
    children.add(child);
    return child;
  }

  /** The value of a key, and the section of the file that it was found in. */
  private record Found(Section in, String key, Node value) {
    Found at(Node part) {
      return new Found(in, key, part);
    }

    ConfigException misfit(String what) {
      return fault("must be " + what + ", is " + value.describe());
    }

    ConfigException fault(String message) {
      return in.fault(value.line(), key, message);
    }
  }

  private Found find(String key) {
    asked.add(key);
    Node.Member member = node.members().get(key);
    if (member != null) {
      return new Found(this, key, member.value());
    }
    if (defaults != null) {
      return defaults.find(key);
    }
    throw fault(node.line(), key, "is missing");
  }

  private ConfigException fault(int line, String key, String message) {
    return new ConfigException(file + ":" + line, path + key + ": " + message);
  }
}
