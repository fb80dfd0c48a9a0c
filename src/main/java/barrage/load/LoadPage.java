package barrage.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/** A report as one page that needs nothing else: its figures stand in it, and it draws them. */
final class LoadPage {
  private static final String TEMPLATE = "/load/report.html";
  private static final String PLACE = "\"REPORT\"";

  private LoadPage() {}

  static String of(ObjectNode report) throws IOException {
    try (InputStream in = LoadPage.class.getResourceAsStream(TEMPLATE)) {
      if (in == null) {
        throw new IOException(TEMPLATE + " is not in this jar");
      }
      String page = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      // Within a script, "</script>" would end it wherever it stands.
      return page.replace(PLACE, report.toString().replace("<", "\\u003c"));
    }
  }
}
