package barrage.api;

import barrage.Kinds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The types of messages as the code has them. They stand in the code as text, where a message is
 * read or written, so the sources are searched for the few ways in which they do.
 */
final class TypesInCode {
  private static final Path JAVA = Path.of("src", "main", "java", "barrage");
  private static final Path LUA = Path.of("src", "main", "resources", "lua");

  private static final String TYPE = "([a-z]+(?:\\.[a-z]+)*)";

  /** {@code case "me" -> new ClientMessage.Me(…)}. */
  private static final Pattern READ = Pattern.compile("case \"" + TYPE + "\" -> new ClientMessage");

  private static final List<Pattern> WRITTEN_IN_JAVA =
      List.of(
          // "{\"type\":\"likes\",…"
          Pattern.compile("\\{\\\\\"type\\\\\":\\\\\"" + TYPE + "\\\\\""),
          // writeStringProperty("type", "ok")
          Pattern.compile("\"type\", \"" + TYPE + "\""),
          // The two ways to greet are written by one method, which is told the type.
          Pattern.compile("(?:write|letIn|admit)\\([^;{]*?\"" + TYPE + "\""));

  private static final List<Pattern> WRITTEN_IN_LUA =
      List.of(
          // append(rank, type, …): an event of the room
          Pattern.compile("append\\([^',]*(?:'-')?, '" + TYPE + "'"),
          // tell_sale(sale, type, …), event_of(lottery, type, …): the same
          Pattern.compile("(?:tell_sale|event_of)\\(\\w+, '" + TYPE + "'"),
          // '{"type":"lottery.won",…': to one viewer
          Pattern.compile("\\{\"type\":\"" + TYPE + "\""));

  /** K.event('opened', …), K.count(thing, 'tally', …): of the kind of the folder. */
  private static final Pattern WRITTEN_BY_KIND =
      Pattern.compile("K\\.(?:event\\(|count\\(\\w+, )'" + TYPE + "'");

  private TypesInCode() {}

  /** What the server reads from clients. */
  static Set<String> read() {
    Set<String> types =
        found(List.of(JAVA.resolve(Path.of("wire", "ClientMessages.java"))), List.of(READ));
    Kinds.ALL.all().forEach(kind -> types.addAll(kind.requests().keySet()));
    return types;
  }

  /** What the server writes: frames, and events within them. */
  static Set<String> written() {
    Set<String> types = new TreeSet<>();
    for (String folder : List.of("wire", "room", "redis", "gateway")) {
      types.addAll(found(sources(JAVA.resolve(folder)), WRITTEN_IN_JAVA));
    }
    types.addAll(found(sources(LUA), WRITTEN_IN_LUA));
    for (String kind : Kinds.ALL.kinds()) {
      found(sources(LUA.resolve(Path.of("activity", kind))), List.of(WRITTEN_BY_KIND))
          .forEach(what -> types.add(kind + '.' + what));
    }
    return types;
  }

  private static Set<String> found(List<Path> files, List<Pattern> patterns) {
    Set<String> types = new TreeSet<>();
    for (Path file : files) {
      String source = text(file);
      for (Pattern pattern : patterns) {
        pattern.matcher(source).results().forEach(match -> types.add(match.group(1)));
      }
    }
    return types;
  }

  private static List<Path> sources(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
