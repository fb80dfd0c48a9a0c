package barrage.outside;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.json.JsonMapper;

/** Tokens as a merchant's own back end would make them: HS256 by hand. */
public final class Jwt {
  private final Map<String, Object> claims = new LinkedHashMap<>();

  private Jwt() {}

  static Jwt of(String viewer) {
    Jwt jwt = new Jwt();
    jwt.claims.put("sub", viewer);
    jwt.claims.put("exp", Instant.now().getEpochSecond() + 3_600);
    return jwt;
  }

  /** For this role in every room. */
  public static String of(String viewer, String role) {
    return of(viewer).with("role", role).with("room", "*").signed();
  }

  public static String viewer(String viewer) {
    return of(viewer).signed();
  }

  Jwt with(String claim, Object value) {
    claims.put(claim, value);
    return this;
  }

  Jwt without(String claim) {
    claims.remove(claim);
    return this;
  }

  Jwt expiringIn(long seconds) {
    return with("exp", Instant.now().getEpochSecond() + seconds);
  }

  String signed() {
    return signedWith(ServerProcess.SECRET);
  }

  String signedWith(String secret) {
    return signedWith(Map.of("alg", "HS256", "typ", "JWT"), secret);
  }

  /** With the key id in its header. */
  String signedAs(String kid, String secret) {
    return signedWith(Map.of("alg", "HS256", "kid", kid), secret);
  }

  private String signedWith(Map<String, ?> header, String secret) {
    String content = part(header) + "." + part(claims);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return content + "." + base64(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code alg: none}. */
  String unsigned() {
    return part(Map.of("alg", "none")) + "." + part(claims) + ".";
  }

  private static String part(Object json) {
    return base64(JsonMapper.shared().writeValueAsBytes(json));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
