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
import org.jspecify.annotations.Nullable;

/** Issues tokens to whoever asks, for trying things out on one's own machine. */
public final class DevTokens {
  private static final long LIFE_MS = 12 * 3_600_000L;

  private final JWSSigner signer;
  private final JWSHeader header;
  private final TokenClaims claims;
  private final LongSupplier unixMs;

  /** With a secret that has no name, for a server that asks for no further claims. */
  public DevTokens(byte[] secret, LongSupplier unixMs) {
    this("", secret, TokenClaims.NONE, unixMs);
  }

  /**
   * @param kid the secret's name, empty for none
   * @param secret that of {@link TokenKeys#hmac}
   * @param claims what the server asks for
   * @param unixMs the time, Unix milliseconds
   */
  public DevTokens(String kid, byte[] secret, TokenClaims claims, LongSupplier unixMs) {
    this.header =
        new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(kid.isEmpty() ? null : kid).build();
    this.claims = claims;
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
    return issue(viewer, room, LIFE_MS);
  }

  /**
   * A token as a server of these settings takes it.
   *
   * @param room a room's id, a list of them, or {@code *}; {@code null} to leave it out
   * @param lifeMs how long it is good
   */
  public String issue(Viewer viewer, @Nullable Object room, long lifeMs) {
    long now = unixMs.getAsLong();
    JWTClaimsSet.Builder of =
        new JWTClaimsSet.Builder()
            .subject(viewer.id().value())
            .claim("name", viewer.name())
            .claim("role", viewer.role().wire())
            .claim("room", room)
            .expirationTime(Date.from(Instant.ofEpochMilli(now + lifeMs)));
    claims.audience().stream().findFirst().ifPresent(of::audience);
    claims.issuer().stream().findFirst().ifPresent(of::issuer);
    SignedJWT jwt = new SignedJWT(header, of.build());
    try {
      jwt.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("HS256 with a good secret cannot fail", e);
    }
    return jwt.serialize();
  }
}
