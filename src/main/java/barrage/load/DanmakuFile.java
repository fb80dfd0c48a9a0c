package barrage.load;

import barrage.core.Danmaku;
import barrage.core.ViewerId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.xml.stream.Location;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * A danmaku file in Bilibili's XML format: {@code <d p="second,mode,size,color,date,pool,sender,
 * id">text</d>}, as players and downloaders of danmaku write it.
 *
 * @param lines what can be said in a room, by time
 * @param skipped danmaku of modes a room does not have: reverse, positioned, scripted
 * @param malformed elements that are not danmaku of this format
 */
record DanmakuFile(List<Line> lines, int skipped, int malformed) {

  /**
   * One danmaku.
   *
   * @param atMs since the beginning of the video
   */
  record Line(long atMs, ViewerId sender, Danmaku danmaku) {}

  /** The file could not be read; the message says why, in one line, with the path. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
      super(message);
    }
  }

  DanmakuFile {
    lines = lines.stream().sorted(Comparator.comparingLong(Line::atMs)).toList();
  }

  /** Reads a file. Nothing in it makes the parser open another. */
  static DanmakuFile read(Path path) throws UnreadableException {
    try (InputStream in = Files.newInputStream(path)) {
      return new Reader(path, xml().createXMLStreamReader(in)).read();
    } catch (NoSuchFileException e) {
      throw new UnreadableException(path + ": no such file");
    } catch (AccessDeniedException e) {
      throw new UnreadableException(path + ": permission denied");
    } catch (IOException e) {
      throw new UnreadableException(path + ": " + e.getMessage());
    } catch (XMLStreamException e) {
      Location at = e.getLocation(); // None when reading itself failed, as it does of a directory.
      throw new UnreadableException(
          at == null
              ? path + ": cannot be read"
              : path + ":" + at.getLineNumber() + ": not well-formed XML");
    }
  }

  private static XMLInputFactory xml() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory;
  }

  private static final class Reader {
    private static final int MAX_RGB = 0xffffff;

    private final Path path;
    private final XMLStreamReader xml;
    private final List<Line> lines = new ArrayList<>();
    private int skipped;
    private int malformed;

    Reader(Path path, XMLStreamReader xml) {
      this.path = path;
      this.xml = xml;
    }

    DanmakuFile read() throws XMLStreamException, UnreadableException {
      while (xml.hasNext()) {
        int event = xml.next();
        if (event == XMLStreamConstants.DTD) {
          throw new UnreadableException(path + ": document types are not allowed");
        }
        if (event == XMLStreamConstants.START_ELEMENT && xml.getLocalName().equals("d")) {
          readDanmaku(xml.getAttributeValue(null, "p"));
        }
      }
      if (lines.isEmpty() && skipped == 0 && malformed == 0) {
        throw new UnreadableException(path + ": no danmaku in it");
      }
      return new DanmakuFile(lines, skipped, malformed);
    }

    private void readDanmaku(@Nullable String attributes) throws XMLStreamException {
      String text = text();
      String[] p = attributes == null ? new String[0] : attributes.split(",", -1);
      if (text == null || text.isBlank() || p.length < 7 || p[6].isBlank()) {
        malformed++;
        return;
      }
      try {
        double second = Double.parseDouble(p[0].trim());
        int number = Integer.parseInt(p[1].trim());
        int color = Integer.parseInt(p[3].trim());
        if (!(second >= 0 && second < Integer.MAX_VALUE) || color < 0 || color > MAX_RGB) {
          malformed++;
          return;
        }
        Optional<Danmaku.Mode> mode = mode(number);
        if (mode.isEmpty()) {
          skipped++;
          return;
        }
        lines.add(
            new Line(
                Math.round(second * 1_000),
                sender(p[6].trim()),
                new Danmaku(text, mode.get(), color)));
      } catch (NumberFormatException e) {
        malformed++;
      }
    }

    /** The text of this element; {@code null} when it holds more than text. */
    private @Nullable String text() throws XMLStreamException {
      StringBuilder text = new StringBuilder();
      boolean plain = true;
      for (int depth = 1; depth > 0; ) {
        switch (xml.next()) {
          case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
              text.append(xml.getText());
          case XMLStreamConstants.START_ELEMENT -> {
            plain = false;
            depth++;
          }
          case XMLStreamConstants.END_ELEMENT -> depth--;
          case XMLStreamConstants.ENTITY_REFERENCE -> plain = false;
          default -> {}
        }
      }
      return plain ? text.toString() : null;
    }

    /** 1 to 3 scroll, 4 at the bottom, 5 at the top; 6 and above are not for rooms. */
    private static Optional<Danmaku.Mode> mode(int number) {
      return switch (number) {
        case 1, 2, 3 -> Optional.of(Danmaku.Mode.SCROLL);
        case 4 -> Optional.of(Danmaku.Mode.BOTTOM);
        case 5 -> Optional.of(Danmaku.Mode.TOP);
        default -> Optional.empty();
      };
    }

    /** The file tells a hash of each sender, nearly always hexadecimal. */
    private static ViewerId sender(String hash) {
      String id = "bili-" + hash;
      return new ViewerId(
          ViewerId.isValid(id)
              ? id
              : "bili-" + UUID.nameUUIDFromBytes(hash.getBytes(StandardCharsets.UTF_8)));
    }
  }
}
