package barrage.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CsvTest {
  private static String row(Object... cells) {
    return new String(new Csv().row(cells).toBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void file_beginsWithTheMarkByWhichExcelKnowsUtf8() {
    byte[] bytes = new Csv().begin("a", "b").row("中", 1).toBytes();
    assertEquals("\uFEFFa,b\r\n中,1\r\n", new String(bytes, StandardCharsets.UTF_8));
    assertEquals((byte) 0xEF, bytes[0]);
  }

  @Test
  void whatWouldEndACell_isQuoted() {
    assertEquals(
        "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",plain \r\n",
        row("a,b", "say \"hi\"", "two\nlines", "plain "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u00A0=1",
        "\u3000+1",
        "\u200B=1",
        "\uFF1D1",
        "\uFF0B1",
        "\uFF0D1",
        "\uFF20A",
        "|x",
        "%0"
      })
  void textThatASpreadsheetWouldRun_isText(String text) {
    String cell = row(text).replaceAll("\r\n$", "");
    assertEquals("'" + text, cell.startsWith("\"") ? cell.substring(1, cell.length() - 1) : cell);
  }

  @Test
  void formulaWithQuotes_isBothQuotedAndText() {
    assertEquals(
        "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"\r\n", row("=HYPERLINK(\"http://x\",\"y\")"));
  }

  @Test
  void numbersAndOrdinaryText_stayAsTheyAre() {
    assertEquals("-5,3=3,a-b,,'\r\n", row(-5L, "3=3", "a-b", "", "'"));
  }
}
