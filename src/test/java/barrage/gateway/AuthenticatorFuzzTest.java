package barrage.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;

/** Whatever a token claims, and whoever signed it: it grants something valid, or it is refused. */
final class AuthenticatorFuzzTest {
  private static final long NOW_MS = 1_700_000_000_000L;
  private static final byte[] SECRET = "a secret of thirty-two bytes or more".getBytes(UTF_8);

  private final Authenticator authenticator =
      new Authenticator(TokenKeys.hmac(SECRET), () -> NOW_MS);

  /** The first byte says whether it is signed by us, the rest is what it claims; or all of it. */
  @FuzzTest(maxDuration = "10m")
  void anyToken_isGrantedOrRefused(byte[] input) throws JOSEException {
    boolean signed = input.length > 0 && input[0] == 's';
    String token = new String(input, UTF_8);
    if (signed) {
      byte[] claims = new byte[input.length - 1];
      System.arraycopy(input, 1, claims, 0, claims.length);
      JWSObject jws = new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload(claims));
      jws.sign(new MACSigner(SECRET));
      token = jws.serialize();
    }
    Authenticator.Verdict verdict = authenticator.authenticate(token).toCompletableFuture().join();
    if (verdict instanceof Grant grant) {
      assertTrue(signed, "nobody signed it");
      assertTrue(grant.expiresAtMs() > NOW_MS);
      assertEquals(grant, authenticator.authenticate(token).toCompletableFuture().join());
    }
  }
}
