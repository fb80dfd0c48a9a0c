package barrage.wire;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/** What JSON from outside may look like, in frames and in bodies of requests. */
public final class ClientJson {
  /** JSON numbers above it lose precision in JavaScript. */
  public static final long MAX_INTEGER = (1L << 53) - 1;

  /** Both are short, so nothing in them needs to be deep or long. */
  public static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(TokenStreamFactory.Feature.CHARSET_DETECTION) // UTF-8 alone: zeros are no UTF-16
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(16)
                  .maxNumberLength(64)
                  .maxNameLength(256)
                  .build())
          .build();

  private ClientJson() {}
}
