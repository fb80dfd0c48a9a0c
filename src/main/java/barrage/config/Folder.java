package barrage.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Text files that stand together: in a directory, or in the jar. */
public interface Folder {
  /** The files under {@code config/} as they were when this program was built. */
  Folder SHIPPED = shipped("config");

  /** The whole of a file, which is UTF-8. */
  String read(String name) throws IOException;

  /** What a message calls this file. */
  String describe(String name);

  /** The files of a directory of the jar. */
  static Folder shipped(String directory) {
    return new Folder() {
      @Override
      public String read(String name) throws IOException {
        try (InputStream in = Folder.class.getResourceAsStream("/" + directory + "/" + name)) {
          if (in == null) {
            throw new NoSuchFileException(describe(name));
          }
          return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
      }

      @Override
      public String describe(String name) {
        return "built-in " + name;
      }
    };
  }

  /** The files of a directory. */
  static Folder at(Path directory) {
    return new Folder() {
      @Override
      public String read(String name) throws IOException {
        return Files.readString(directory.resolve(name));
      }

      @Override
      public String describe(String name) {
        return directory.resolve(name).toString();
      }
    };
  }
}
