package barrage;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import java.util.Set;

/** A secret that is made once and kept in a file that its owner alone can read. */
final class SecretFile {
  private static final int BYTES = 32;

  private SecretFile() {}

  /** The secret in this file, made now if there is none. */
  static Settings.Secret readOrMake(Path file) throws IOException {
    Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    Set<StandardOpenOption> onlyNew =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (SeekableByteChannel out = Files.newByteChannel(file, onlyNew, ownerOnly(file))) {
      out.write(StandardCharsets.US_ASCII.encode(secret));
      return new Settings.Secret(secret);
    } catch (FileAlreadyExistsException e) {
      Settings.Secret kept = new Settings.Secret(Files.readString(file).strip());
      if (kept.bytes().length < BYTES) {
        throw new IOException(file + " holds no secret; delete it and a new one is made", e);
      }
      return kept;
    }
  }

  /** A new secret in this file, whatever was in it, readable by its owner alone. */
  static String makeAnew(Path file) throws IOException {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    Files.createDirectories(folder);
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    Path made = Files.createTempFile(folder, file.getFileName().toString(), "", ownerOnly(file));
    Files.writeString(made, secret + "\n");
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return secret;
  }

  private static FileAttribute<?>[] ownerOnly(Path file) {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
