package barrage.activity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The documents of the API: the server's own, with what each kind of interaction has of them in
 * {@code api/activity/<kind>.<name>.yaml}.
 */
public final class ApiDocuments {
  private ApiDocuments() {}

  /**
   * A document as it is published.
   *
   * @param name {@code openapi} or {@code asyncapi}
   */
  public static String joined(String name, Activities activities) {
    String document = text("/api/" + name + ".yaml");
    for (String kind : activities.kinds()) {
      document = YamlJoin.join(document, text("/api/activity/" + kind + '.' + name + ".yaml"));
    }
    return document;
  }

  private static String text(String resource) {
    try (InputStream in = ApiDocuments.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + resource);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
