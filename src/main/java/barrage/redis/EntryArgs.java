package barrage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import barrage.core.RequestKey;
import barrage.core.ViewerId;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a commit as scripts take them: each a kind and its arguments, with the viewers and
 * the keys of all of them named by their places.
 */
final class EntryArgs {
  /** Bytes of the digest by which a repeat with another content is told from a true one. */
  private static final int DIGEST_BYTES = 12;

  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(
          () -> {
            try {
              return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
              throw new AssertionError("every Java has SHA-256", e);
            }
          });

  private static final byte[] NOTHING = {};

  private final Map<ViewerId, byte[]> viewers = new LinkedHashMap<>();
  private final Map<String, byte[]> extraKeys = new LinkedHashMap<>();
  private final List<byte[]> ids = new ArrayList<>();
  private final List<byte[]> digests = new ArrayList<>();
  private final List<byte[]> entryArgs = new ArrayList<>();

  /** Adds the ledgers of the viewers, then the keys that entries name. */
  void addKeys(Keys room, List<byte[]> all) {
    for (ViewerId viewer : viewers.keySet()) {
      all.add(room.ledger(viewer));
    }
    for (String key : extraKeys.keySet()) {
      all.add(text(key));
    }
  }

  /** Adds ids, digests, viewers and entries, as {@code kernel/call.lua} says. */
  void addArgs(List<byte[]> all) {
    all.add(number(ids.size()));
    all.addAll(ids);
    all.addAll(digests);
    all.add(number(viewers.size()));
    for (ViewerId viewer : viewers.keySet()) {
      all.add(text(viewer.value()));
    }
    all.addAll(entryArgs);
  }

  /** The next entry, its arguments as the file of its kind says. */
  void entry(String kind, byte[]... args) {
    entryArgs.add(text(kind));
    entryArgs.addAll(Arrays.asList(args));
  }

  /** The next entry has this key, and this is what makes a repeat of it the same request. */
  void once(RequestKey key, Object... content) {
    ids.add(text(key.sender().value() + "\n" + key.id()));
    digests.add(digest(content));
  }

  /** A viewer's place among those of the batch, from 1. */
  byte[] viewer(ViewerId viewer) {
    byte[] known = viewers.get(viewer);
    if (known == null) {
      known = number(viewers.size() + 1);
      viewers.put(viewer, known);
    }
    return known;
  }

  /** A key's place among those that entries name, from 1. */
  byte[] key(byte[] key) {
    return extraKeys.computeIfAbsent(
        new String(key, UTF_8), unknown -> number(extraKeys.size() + 1));
  }

  private static byte[] digest(Object... content) {
    MessageDigest sha = SHA_256.get();
    for (Object part : content) {
      byte[] bytes = text(part.toString());
      sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
      sha.update(bytes);
    }
    return Arrays.copyOf(sha.digest(), DIGEST_BYTES);
  }

  static byte[] optional(@Nullable Object value) {
    return value == null ? NOTHING : text(value.toString());
  }

  static byte[] flag(boolean value) {
    return number(value ? 1 : 0);
  }

  static byte[] number(long value) {
    return text(Long.toString(value));
  }

  static byte[] text(String value) {
    return value.getBytes(UTF_8);
  }
}
