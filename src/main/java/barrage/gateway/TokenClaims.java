package barrage.gateway;

import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a token must say beside who it is for, so that one that was made for another service of the
 * same identity provider is none of ours.
 *
 * @param audience of which {@code aud} must hold one; empty: it is not looked at
 * @param issuer of which {@code iss} must be one; empty: it is not looked at
 * @param leewayMs by how much clocks may differ, in whole seconds; what is over one counts as one
 * @param requireRoom whether {@code room} must be there, of viewers too
 */
public record TokenClaims(
    Set<String> audience, Set<String> issuer, long leewayMs, boolean requireRoom) {
  /** Nothing further. */
  public static final TokenClaims NONE = new TokenClaims(Set.of(), Set.of(), 0, false);

  /** In the order in which they were given: tokens that are made here bear the first. */
  public TokenClaims {
    audience = new LinkedHashSet<>(audience);
    issuer = new LinkedHashSet<>(issuer);
  }

  long leewaySeconds() {
    return (leewayMs + 999) / 1_000;
  }

  /**
   * Why a token that bears these claims is refused at this instant; {@code null} when it is not.
   *
   * @param nowMs Unix milliseconds
   */
  @Nullable String refuse(JWTClaimsSet claims, long nowMs) {
    try {
      new AtInstant(this, nowMs).verify(claims, null);
    } catch (BadJWTException e) {
      return e.getMessage();
    }
    if (!issuer.isEmpty() && !issuer.contains(claims.getIssuer())) {
      return "JWT issuer rejected: " + claims.getIssuer();
    }
    return requireRoom && claims.getClaim("room") == null ? "JWT missing room" : null;
  }

  /** The library's checks, by the store's clock. */
  private static final class AtInstant extends DefaultJWTClaimsVerifier<SecurityContext> {
    private final long nowMs;

    AtInstant(TokenClaims asked, long nowMs) {
      super(asked.audience.isEmpty() ? null : asked.audience, null, Set.of("sub", "exp"), Set.of());
      this.nowMs = nowMs;
      setMaxClockSkew((int) asked.leewaySeconds());
    }

    @Override
    protected Date currentTime() {
      return Date.from(Instant.ofEpochMilli(nowMs));
    }
  }
}
