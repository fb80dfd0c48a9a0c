package barrage.core;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What viewers of a room are called in what is published for good: the same for all that they do
 * about one thing, another for every other thing, and nobody without the secret can tell whose it
 * is. So a proof may stay public when its viewers are forgotten.
 *
 * <p>The first 128 bits, as hex, of HMAC-SHA256(secret of the room, thing id ‖ "\n" ‖ viewer id).
 */
public final class Pseudonyms {
  private static final String HMAC = "HmacSHA256";
  private static final int BYTES = 16;

  private final SecretKeySpec secret;

  /**
   * Those of a room.
   *
   * @param shared a secret that all nodes share; the room's own is derived from it
   */
  public Pseudonyms(byte[] shared, RoomId room) {
    byte[] own = hmac(new SecretKeySpec(shared, HMAC), "who\n" + room.value());
    this.secret = new SecretKeySpec(own, HMAC);
  }

  /** What a viewer is called in what is published of a thing: 32 hex digits. */
  public String who(String thing, ViewerId viewer) {
    return HexFormat.of().formatHex(hmac(secret, thing + '\n' + viewer.value()), 0, BYTES);
  }

  private static byte[] hmac(SecretKeySpec key, String message) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return mac.doFinal(message.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new AssertionError("every Java has " + HMAC, e);
    }
  }
}
