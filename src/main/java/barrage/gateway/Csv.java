package barrage.gateway;

import java.nio.charset.StandardCharsets;

/**
 * Rows of comma-separated values as RFC 4180 has them, for spreadsheets: with a byte order mark, by
 * which Excel knows UTF-8, and so that no cell is taken for a formula, whoever wrote it.
 */
final class Csv {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  /**
   * What makes a cell a formula in one spreadsheet or another (owasp.org, CSV Injection), the
   * full-width forms among it, and what some skip before they look.
   */
  private static final String FORMULA = "=+-@\t\r\n|%\uFF1D\uFF0B\uFF0D\uFF20";

  private final StringBuilder text = new StringBuilder();

  /** The beginning of a file. */
  Csv begin(String... header) {
    text.append(BYTE_ORDER_MARK);
    return row((Object[]) header);
  }

  /** One record; texts may hold anything. */
  Csv row(Object... cells) {
    for (int i = 0; i < cells.length; i++) {
      if (i > 0) {
        text.append(',');
      }
      if (cells[i] instanceof Number number) {
        text.append(number);
      } else {
        append(cells[i].toString());
      }
    }
    text.append("\r\n");
    return this;
  }

  byte[] toBytes() {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void append(String cell) {
    String shown = isFormula(cell) ? "'" + cell : cell;
    boolean plain = shown.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
    if (plain) {
      text.append(shown);
    } else {
      text.append('"').append(shown.replace("\"", "\"\"")).append('"');
    }
  }

  /** Spaces, of any kind, in front of one do not make it harmless. */
  private static boolean isFormula(String cell) {
    int first = 0;
    while (first < cell.length() && isBlank(cell.charAt(first))) {
      first++;
    }
    return first < cell.length() && FORMULA.indexOf(cell.charAt(first)) >= 0;
  }

  private static boolean isBlank(char c) {
    return FORMULA.indexOf(c) < 0
        && (Character.isSpaceChar(c) || Character.getType(c) == Character.FORMAT);
  }
}
