package barrage.gateway;

import barrage.core.RoomId;
import barrage.core.Viewer;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.function.LongSupplier;

/** Issues tokens to whoever asks, for trying things out on one's own machine. */
public final class DevTokens {
  private static final long LIFE_MS = 12 * 3_600_000L;

  private final JWSSigner signer;
  private final LongSupplier unixMs;

  /**
   * @param secret that of {@link TokenKeys#hmac}
   * @param unixMs the time, Unix milliseconds
   */
  public DevTokens(byte[] secret, LongSupplier unixMs) {
    try {
      signer = new MACSigner(secret);
    } catch (JOSEException e) {
      throw new IllegalArgumentException("an HMAC secret needs 32 bytes or more", e);
    }
    this.unixMs = unixMs;
  }

  /** A token for these rooms alone. */
  public String issue(Viewer viewer, Collection<RoomId> rooms) {
    return issue(viewer, (Object) rooms.stream().map(RoomId::value).toList());
  }

  /** A token for every room. */
  public String issueForEveryRoom(Viewer viewer) {
    return issue(viewer, "*");
  }

  private String issue(Viewer viewer, Object room) {
    long now = unixMs.getAsLong();
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader(JWSAlgorithm.HS256),
            new JWTClaimsSet.Builder()
                .subject(viewer.id().value())
                .claim("name", viewer.name())
                .claim("role", viewer.role().wire())
                .claim("room", room)
                .expirationTime(Date.from(Instant.ofEpochMilli(now + LIFE_MS)))
                .build());
    try {
      jwt.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("HS256 with a good secret cannot fail", e);
    }
    return jwt.serialize();
  }
}
