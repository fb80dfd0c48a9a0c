package barrage.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.SignedJWT;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Whose signatures count. The kind of the key decides which algorithms it may be used with, never
 * the token: else anyone could sign with the bytes of a public key as an HMAC secret. Safe for any
 * thread.
 */
public interface TokenKeys {

  /** Whether a key of ours signed it. Exceptionally when the keys cannot be had now. */
  CompletionStage<Boolean> isSignedBy(SignedJWT jwt);

  /**
   * HS256 with one secret.
   *
   * @throws IllegalArgumentException when it is shorter than 32 bytes
   */
  static TokenKeys hmac(byte[] secret) {
    if (secret.length < 32) {
      throw new IllegalArgumentException("an HMAC secret needs 32 bytes or more");
    }
    JWSVerifier verifier;
    try {
      verifier = new MACVerifier(secret);
    } catch (JOSEException e) {
      throw new IllegalArgumentException("not an HMAC secret", e);
    }
    return jwt ->
        CompletableFuture.completedStage(
            JWSAlgorithm.HS256.equals(jwt.getHeader().getAlgorithm()) && verifies(jwt, verifier));
  }

  /**
   * HS256 with several secrets, so that one can be replaced: a token that names its secret is
   * checked with that one, another with all of them.
   *
   * @param secrets by {@code kid}; one may have the empty name
   * @throws IllegalArgumentException when one is shorter than 32 bytes, or there is none
   */
  static TokenKeys hmac(Map<String, byte[]> secrets) {
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("no secret");
    }
    Map<String, TokenKeys> byKid = new LinkedHashMap<>();
    secrets.forEach((kid, secret) -> byKid.put(kid, hmac(secret)));
    TokenKeys only = byKid.size() == 1 ? byKid.get("") : null;
    if (only != null) {
      return only;
    }
    return jwt -> {
      String kid = jwt.getHeader().getKeyID();
      TokenKeys named = kid == null ? null : byKid.get(kid);
      if (kid != null) {
        return named == null ? CompletableFuture.completedStage(false) : named.isSignedBy(jwt);
      }
      CompletionStage<Boolean> any = CompletableFuture.completedStage(false);
      for (TokenKeys each : byKid.values()) {
        any = any.thenCombine(each.isSignedBy(jwt), Boolean::logicalOr);
      }
      return any;
    };
  }

  /**
   * One public key; RS and PS, ES or EdDSA by its type.
   *
   * @param pem as in {@code -----BEGIN PUBLIC KEY-----}
   * @throws IllegalArgumentException when it is none of these
   */
  static TokenKeys publicKey(String pem) {
    PublicKey key = readPem(pem);
    return jwt -> CompletableFuture.completedStage(isSignedBy(jwt, key));
  }

  /**
   * How often keys are fetched, in milliseconds.
   *
   * @param keepMs how long a set is good; a key that is taken out of it is ours for so long
   * @param refreshMs how long one may wait for another who fetches already
   * @param apartMs in so long they are fetched twice at most, however many tokens name unknown keys
   */
  record Pace(long keepMs, long refreshMs, long apartMs) {
    static final Pace DEFAULT = new Pace(300_000, 15_000, 10_000);
  }

  /**
   * The public keys at a URL, fetched when needed, cached, and fetched again when a token names one
   * that is not there: keys may be rotated at any time. While they cannot be fetched the last ones
   * go on; without any it cannot be told who signed.
   */
  static TokenKeys jwks(URL url) {
    return jwks(url, Pace.DEFAULT);
  }

  /** The same at another pace. */
  static TokenKeys jwks(URL url, Pace pace) {
    JWKSource<SecurityContext> source =
        JWKSourceBuilder.<SecurityContext>create(url)
            .retrying(true)
            .outageTolerantForever()
            .refreshAheadCache(false)
            .cache(pace.keepMs, pace.refreshMs)
            .rateLimited(pace.apartMs)
            .build();
    AtomicBoolean everHad = new AtomicBoolean();
    // Fetching blocks, and at most so many wait for it; event loops never do.
    ThreadPoolExecutor fetcher =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(1_000),
            task -> {
              Thread thread = new Thread(task, "barrage-jwks");
              thread.setDaemon(true);
              return thread;
            });
    fetcher.allowCoreThreadTimeOut(true);
    return jwt -> {
      JWKMatcher matcher = JWKMatcher.forJWSHeader(jwt.getHeader());
      if (matcher == null
          || JWSAlgorithm.Family.HMAC_SHA.contains(jwt.getHeader().getAlgorithm())) {
        return CompletableFuture.completedStage(false);
      }
      try {
        return CompletableFuture.supplyAsync(
            () -> isSignedBy(jwt, source, everHad, matcher), fetcher);
      } catch (RejectedExecutionException e) {
        return CompletableFuture.failedStage(e);
      }
    };
  }

  private static boolean isSignedBy(
      SignedJWT jwt, JWKSource<SecurityContext> source, AtomicBoolean everHad, JWKMatcher matcher) {
    try {
      List<JWK> candidates = source.get(new JWKSelector(matcher), null);
      everHad.set(true);
      for (JWK jwk : candidates) {
        if (isSignedBy(jwt, publicKey(jwk))) {
          return true;
        }
      }
      return false;
    } catch (RateLimitReachedException e) {
      if (everHad.get()) {
        return false; // fetched a moment ago, and the key was not there
      }
      throw new CompletionException("the keys could not be fetched a moment ago", e);
    } catch (JOSEException e) {
      throw new CompletionException("the keys cannot be fetched", e);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static PublicKey publicKey(JWK jwk) throws JOSEException, GeneralSecurityException {
    if (jwk instanceof RSAKey rsa) {
      return rsa.toRSAPublicKey();
    } else if (jwk instanceof ECKey ec) {
      return ec.toECPublicKey();
    } else if (jwk instanceof OctetKeyPair okp) {
      return ed25519(okp.getDecodedX());
    }
    throw new GeneralSecurityException("not a public key");
  }

  /** The fixed head of an Ed25519 key in X.509 form (RFC 8410, section 4), then the key. */
  private static PublicKey ed25519(byte[] x) throws GeneralSecurityException {
    byte[] head = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
    byte[] encoded = new byte[head.length + x.length];
    System.arraycopy(head, 0, encoded, 0, head.length);
    System.arraycopy(x, 0, encoded, head.length, x.length);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  private static boolean isSignedBy(SignedJWT jwt, PublicKey key) {
    JWSAlgorithm algorithm = jwt.getHeader().getAlgorithm();
    try {
      if (key instanceof RSAPublicKey rsa) {
        return JWSAlgorithm.Family.RSA.contains(algorithm)
            && verifies(jwt, new RSASSAVerifier(rsa));
      } else if (key instanceof ECPublicKey ec) {
        return JWSAlgorithm.Family.EC.contains(algorithm) && verifies(jwt, new ECDSAVerifier(ec));
      } else if (key instanceof EdECPublicKey ed) {
        return isEdDsa(algorithm) && verifiesEdDsa(jwt, ed);
      }
      return false;
    } catch (JOSEException e) {
      return false;
    }
  }

  private static boolean isEdDsa(JWSAlgorithm algorithm) {
    return JWSAlgorithm.EdDSA.equals(algorithm) || JWSAlgorithm.Ed25519.equals(algorithm);
  }

  private static boolean verifies(SignedJWT jwt, JWSVerifier verifier) {
    try {
      return jwt.verify(verifier);
    } catch (JOSEException e) {
      return false; // an algorithm that this key is not for
    }
  }

  /** The JDK knows Ed25519; the library would need another one for it. */
  private static boolean verifiesEdDsa(SignedJWT jwt, EdECPublicKey key) {
    if (jwt.getHeader().getCriticalParams() != null) {
      return false; // we know of none, so none may be critical (RFC 7515, section 4.1.11)
    }
    try {
      Signature verifier = Signature.getInstance("EdDSA");
      verifier.initVerify(key);
      verifier.update(jwt.getSigningInput());
      return verifier.verify(jwt.getSignature().decode());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static PublicKey readPem(String pem) {
    String body = pem.replaceAll("-----(BEGIN|END) PUBLIC KEY-----", "").replaceAll("\\s", "");
    byte[] encoded;
    try {
      encoded = Base64.getDecoder().decode(body.getBytes(StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not a public key in PEM form", e);
    }
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      PublicKey key = decode(algorithm, encoded);
      if (key != null) {
        return key;
      }
    }
    throw new IllegalArgumentException("not an RSA, EC or Ed25519 public key in PEM form");
  }

  private static @Nullable PublicKey decode(String algorithm, byte[] encoded) {
    try {
      return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      return null; // of another type
    }
  }
}
