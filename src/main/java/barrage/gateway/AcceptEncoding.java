package barrage.gateway;

import io.netty.util.AsciiString;
import java.util.List;

/** What a client says of the encodings it takes: RFC 9110, section 12.5.3. */
final class AcceptEncoding {
  private static final double UNNAMED = -1;

  private AcceptEncoding() {}

  /**
   * Whether an answer is best compressed with gzip.
   *
   * @param fields all {@code Accept-Encoding} of a request; without one nothing is compressed
   */
  static boolean prefersGzip(List<String> fields) {
    double gzip = UNNAMED;
    double identity = UNNAMED;
    double others = UNNAMED;
    for (String field : fields) {
      for (String each : field.split(",", -1)) {
        String[] parts = each.split(";", 2);
        String coding = parts[0].strip();
        double weight = parts.length == 1 ? 1 : weight(parts[1].strip());
        if (is(coding, "gzip") || is(coding, "x-gzip")) {
          gzip = Math.max(gzip, weight);
        } else if (is(coding, "identity")) {
          identity = weight;
        } else if (coding.equals("*")) {
          others = weight;
        }
      }
    }
    double zipped = gzip == UNNAMED ? others : gzip;
    return zipped > 0 && zipped >= identity;
  }

  private static boolean is(String coding, String name) {
    return AsciiString.contentEqualsIgnoreCase(coding, name);
  }

  /** Of {@code q=0.5}; 0 for what is no weight, so that nobody is sent what they may not read. */
  private static double weight(String parameter) {
    boolean isWeight = parameter.matches("[qQ]=(0(\\.[0-9]{0,3})?|1(\\.0{0,3})?)");
    return isWeight ? Double.parseDouble(parameter.substring(parameter.indexOf('=') + 1)) : 0;
  }
}
