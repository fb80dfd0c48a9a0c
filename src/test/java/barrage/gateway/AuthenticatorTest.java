package barrage.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class AuthenticatorTest {
  private static final long NOW_MS = 1_700_000_000_000L;
  private static final byte[] SECRET =
      "a secret of thirty-two bytes or more".getBytes(StandardCharsets.UTF_8);

  private final AtomicLong clock = new AtomicLong(NOW_MS);
  private final Authenticator authenticator = new Authenticator(TokenKeys.hmac(SECRET), clock::get);

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder().subject("ann").expirationTime(new Date(NOW_MS + 60_000));
  }

  private static String hs256(JWTClaimsSet claims, byte[] secret) throws Exception {
    return sign(JWSAlgorithm.HS256, claims, new MACSigner(secret));
  }

  private static String sign(JWSAlgorithm algorithm, JWTClaimsSet claims, JWSSigner signer)
      throws Exception {
    SignedJWT jwt = new SignedJWT(new JWSHeader(algorithm), claims);
    jwt.sign(signer);
    return jwt.serialize();
  }

  private static Authenticator.Verdict verdict(Authenticator authenticator, String token) {
    return authenticator.authenticate(token).toCompletableFuture().join();
  }

  private Grant grant(JWTClaimsSet.Builder claims) throws Exception {
    return assertInstanceOf(Grant.class, verdict(authenticator, hs256(claims.build(), SECRET)));
  }

  private static void assertRefused(Authenticator authenticator, String token) {
    assertInstanceOf(Authenticator.Refused.class, verdict(authenticator, token));
  }

  @Test
  void token_ofAViewer_isGoodForAnyRoom() throws Exception {
    Grant grant = grant(claims());
    assertEquals(new ViewerId("ann"), grant.viewer().id());
    assertEquals("ann", grant.viewer().name());
    assertEquals(Role.VIEWER, grant.viewer().role());
    assertTrue(grant.holdsFor(new RoomId("any")));
    assertEquals(NOW_MS + 60_000, grant.expiresAtMs());
  }

  @Test
  void claims_thatAreAskedFor_mustBeThere() throws Exception {
    Authenticator strict =
        new Authenticator(
            TokenKeys.hmac(SECRET),
            new TokenClaims(Set.of("barrage", "live"), Set.of("https://id.example"), 2_000, true),
            clock::get);
    Supplier<JWTClaimsSet.Builder> good =
        () -> claims().audience("live").issuer("https://id.example").claim("room", "r1");
    Grant grant = assertInstanceOf(Grant.class, verdict(strict, hs256(good.get().build(), SECRET)));
    assertEquals(NOW_MS + 62_000, grant.expiresAtMs(), "until clocks cannot differ any more");
    for (JWTClaimsSet.Builder bad :
        List.of(
            good.get().audience("shop"),
            good.get().audience((String) null),
            good.get().issuer("https://evil.example"),
            good.get().issuer(null),
            good.get().claim("room", null),
            good.get().expirationTime(new Date(NOW_MS - 2_000)),
            good.get().notBeforeTime(new Date(NOW_MS + 3_000)))) {
      assertRefused(strict, hs256(bad.build(), SECRET));
    }
    for (JWTClaimsSet.Builder just :
        List.of(
            good.get().audience(List.of("shop", "barrage")),
            good.get().expirationTime(new Date(NOW_MS - 1_000)),
            good.get().notBeforeTime(new Date(NOW_MS + 1_000)))) {
      assertInstanceOf(Grant.class, verdict(strict, hs256(just.build(), SECRET)));
    }
  }

  @Test
  void secrets_areReplacedOneByOne() throws Exception {
    byte[] old = "an older secret of thirty-two bytes".getBytes(StandardCharsets.UTF_8);
    Authenticator both =
        new Authenticator(TokenKeys.hmac(Map.of("new", SECRET, "old", old)), clock::get);
    assertInstanceOf(Grant.class, verdict(both, named("old", old)));
    assertInstanceOf(Grant.class, verdict(both, named("new", SECRET)));
    assertInstanceOf(Grant.class, verdict(both, hs256(claims().build(), old)), "any, unnamed");
    assertRefused(both, named("new", old));
    assertRefused(both, named("gone", SECRET));
    Authenticator one = new Authenticator(TokenKeys.hmac(Map.of("new", SECRET)), clock::get);
    assertRefused(one, named("old", old));
  }

  private static String named(String kid, byte[] secret) throws Exception {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(kid).build(), claims().build());
    jwt.sign(new MACSigner(secret));
    return jwt.serialize();
  }

  @Test
  void token_ofAnotherRole_isGoodForNoRoomItDoesNotName() throws Exception {
    for (String role : List.of("moderator", "streamer", "service", "admin")) {
      assertFalse(grant(claims().claim("role", role)).holdsFor(new RoomId("any")), role);
    }
  }

  @Test
  void room_isOneOrManyOrAll() throws Exception {
    RoomId a = new RoomId("a");
    RoomId b = new RoomId("b");
    assertTrue(grant(claims().claim("room", "a")).holdsFor(a));
    assertFalse(grant(claims().claim("room", "a")).holdsFor(b));
    assertTrue(grant(claims().claim("room", List.of("a", "b"))).holdsFor(b));
    assertTrue(grant(claims().claim("role", "streamer").claim("room", "*")).holdsFor(b));
  }

  @Test
  void name_mayBeAnyTextOf32Characters() throws Exception {
    String name = "弹".repeat(31) + "\uD83D\uDE00";
    assertEquals(name, grant(claims().claim("name", name)).viewer().name());
  }

  @Test
  void name_thatIsNotThere_isTheBeginningOfTheId() throws Exception {
    String id = "an-id.of:64_characters.".repeat(3).substring(0, 64);
    for (String blank : Arrays.asList(null, "", " ", "\u3000\t")) {
      Viewer viewer = grant(claims().subject(id).claim("name", blank)).viewer();
      assertEquals(new ViewerId(id), viewer.id());
      assertEquals(id.substring(0, 32), viewer.name());
    }
  }

  static Stream<Arguments> refusedClaims() {
    return Stream.of(
        Arguments.of("expired", claims().expirationTime(new Date(NOW_MS))),
        Arguments.of("never to expire", claims().expirationTime(null)),
        Arguments.of("not yet valid", claims().notBeforeTime(new Date(NOW_MS + 1_000))),
        Arguments.of("nobody", claims().subject(null)),
        Arguments.of("not an id", claims().subject("a b")),
        Arguments.of("an id too long", claims().subject("a".repeat(65))),
        Arguments.of("a name too long", claims().claim("name", "n".repeat(33))),
        Arguments.of("a name of controls", claims().claim("name", "a\u0000b")),
        Arguments.of("a name that is no text", claims().claim("name", 7)),
        Arguments.of("an unknown role", claims().claim("role", "root")),
        Arguments.of("a role that is no text", claims().claim("role", List.of("admin"))),
        Arguments.of("no room id", claims().claim("room", "a b")),
        Arguments.of("no room ids", claims().claim("room", Arrays.asList("a", 7))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusedClaims")
  void claims_thatArePromisesWeDoNotKeep_areRefused(String why, JWTClaimsSet.Builder claims)
      throws Exception {
    assertRefused(authenticator, hs256(claims.build(), SECRET));
  }

  @Test
  void garbage_isRefused() {
    for (String token : List.of("", ".", "..", "a.b.c", "x".repeat(5_000), "e30.e30.", "null")) {
      assertRefused(authenticator, token);
    }
  }

  @Test
  void algNone_isRefused() {
    assertRefused(authenticator, new PlainJWT(claims().build()).serialize());
    String head = Base64URL.encode("{\"alg\":\"none\"}").toString();
    String body = Base64URL.encode(claims().build().toString()).toString();
    assertRefused(authenticator, head + "." + body + ".");
    assertRefused(authenticator, head + "." + body + ".AAAA");
  }

  @Test
  void wrongKey_isRefused() throws Exception {
    byte[] other = SECRET.clone();
    other[0]++;
    assertRefused(authenticator, hs256(claims().build(), other));
  }

  @Test
  void changedClaims_areRefused() throws Exception {
    String[] parts = hs256(claims().build(), SECRET).split("\\.");
    String admin = Base64URL.encode(claims().claim("role", "admin").build().toString()).toString();
    assertRefused(authenticator, parts[0] + "." + admin + "." + parts[2]);
  }

  @Test
  void otherHmacThanHs256_isRefused() throws Exception {
    byte[] secret = "s".repeat(64).getBytes(StandardCharsets.UTF_8);
    Authenticator other = new Authenticator(TokenKeys.hmac(secret), clock::get);
    assertRefused(other, sign(JWSAlgorithm.HS512, claims().build(), new MACSigner(secret)));
  }

  @Test
  void shortSecret_isNoKey() {
    assertThrows(IllegalArgumentException.class, () -> TokenKeys.hmac(new byte[31]));
  }

  @Test
  void grant_knownFromBefore_stillExpires() throws Exception {
    String token = hs256(claims().build(), SECRET);
    assertInstanceOf(Grant.class, verdict(authenticator, token));
    clock.addAndGet(59_999);
    assertInstanceOf(Grant.class, verdict(authenticator, token));
    clock.addAndGet(1);
    assertRefused(authenticator, token);
  }

  private static String pem(PublicKey key) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  private static KeyPair rsa() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  @Test
  void rsaKey_verifiesRsAndPs_andIsNoHmacSecret() throws Exception {
    KeyPair pair = rsa();
    String pem = pem(pair.getPublic());
    Authenticator ours = new Authenticator(TokenKeys.publicKey(pem), clock::get);
    JWSSigner signer = new RSASSASigner(pair.getPrivate());
    assertInstanceOf(
        Grant.class, verdict(ours, sign(JWSAlgorithm.RS256, claims().build(), signer)));
    assertInstanceOf(
        Grant.class, verdict(ours, sign(JWSAlgorithm.PS256, claims().build(), signer)));
    for (byte[] secret :
        List.of(
            pem.getBytes(StandardCharsets.UTF_8),
            pem.strip().getBytes(StandardCharsets.UTF_8),
            pair.getPublic().getEncoded())) {
      assertRefused(ours, hs256(claims().build(), secret));
    }
    assertRefused(ours, new PlainJWT(claims().build()).serialize());
    JWSSigner foreign = new RSASSASigner(rsa().getPrivate());
    assertRefused(ours, sign(JWSAlgorithm.RS256, claims().build(), foreign));
  }

  @Test
  void ecKey_verifiesEs() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    Authenticator ours = new Authenticator(TokenKeys.publicKey(pem(pair.getPublic())), clock::get);
    JWSSigner signer = new ECDSASigner((ECPrivateKey) pair.getPrivate());
    assertInstanceOf(
        Grant.class, verdict(ours, sign(JWSAlgorithm.ES256, claims().build(), signer)));
    assertRefused(
        ours, sign(JWSAlgorithm.RS256, claims().build(), new RSASSASigner(rsa().getPrivate())));
  }

  @Test
  void edKey_verifiesEdDsa() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Authenticator ours = new Authenticator(TokenKeys.publicKey(pem(pair.getPublic())), clock::get);
    String token = edDsa(pair, "{\"alg\":\"EdDSA\"}");
    assertInstanceOf(Grant.class, verdict(ours, token));
    String[] parts = token.split("\\.");
    String admin = Base64URL.encode(claims().claim("role", "admin").build().toString()).toString();
    assertRefused(ours, parts[0] + "." + admin + "." + parts[2]);
    assertRefused(ours, edDsa(pair, "{\"alg\":\"EdDSA\",\"crit\":[\"x\"],\"x\":1}"));
  }

  private static String edDsa(KeyPair pair, String header) throws Exception {
    String input = Base64URL.encode(header) + "." + Base64URL.encode(claims().build().toString());
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(pair.getPrivate());
    signer.update(input.getBytes(StandardCharsets.US_ASCII));
    return input + "." + Base64URL.encode(signer.sign());
  }

  @Test
  void garbage_isNoPublicKey() {
    assertThrows(IllegalArgumentException.class, () -> TokenKeys.publicKey("nonsense"));
    assertThrows(
        IllegalArgumentException.class,
        () -> TokenKeys.publicKey("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"));
  }

  @Test
  void jwks_findsTheKeyByItsId_alsoAfterARotation() throws Exception {
    KeyPair first = rsa();
    KeyPair second = rsa();
    KeyPair ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    try (KeyServer keys = new KeyServer(jwks(rsaJwk("1", first), edJwk(ed)))) {
      Authenticator ours = new Authenticator(TokenKeys.jwks(keys.url()), clock::get);
      assertInstanceOf(Grant.class, verdict(ours, rs256("1", first)));
      assertInstanceOf(Grant.class, verdict(ours, edDsa(ed, "{\"alg\":\"EdDSA\",\"kid\":\"ed\"}")));
      assertRefused(ours, rs256("1", second));
      assertRefused(ours, hs256(claims().build(), first.getPublic().getEncoded()));
      keys.published = jwks(rsaJwk("2", second));
      assertInstanceOf(Grant.class, verdict(ours, rs256("2", second)));
    }
  }

  private static final TokenKeys.Pace FORGETFUL = new TokenKeys.Pace(20, 1_000, 1);

  @Test
  void jwks_thatCannotBeFetchedAnyMore_goesOn_andWhatIsTakenOutOfItEnds() throws Exception {
    KeyPair first = rsa();
    KeyPair second = rsa();
    try (KeyServer keys = new KeyServer(jwks(rsaJwk("1", first), rsaJwk("2", second)))) {
      TokenKeys ours = TokenKeys.jwks(keys.url(), FORGETFUL);
      SignedJWT ofFirst = SignedJWT.parse(rs256("1", first));
      SignedJWT ofSecond = SignedJWT.parse(rs256("2", second));
      assertTrue(isSigned(ours, ofFirst));
      keys.published = null;
      int asked = keys.asked.get();
      await().until(() -> isSigned(ours, ofFirst) && keys.asked.get() > asked);
      assertTrue(isSigned(ours, ofSecond));
      keys.published = jwks(rsaJwk("2", second));
      await().until(() -> !isSigned(ours, ofFirst));
      assertTrue(isSigned(ours, ofSecond));
    }
  }

  @Test
  void jwks_thatIsNotThereYet_refusesNobody_andIsUsedOnceItIs() throws Exception {
    KeyPair pair = rsa();
    try (KeyServer keys = new KeyServer(null)) {
      TokenKeys ours = TokenKeys.jwks(keys.url(), new TokenKeys.Pace(300_000, 1_000, 300));
      SignedJWT jwt = SignedJWT.parse(rs256("1", pair));
      for (int i = 0; i < 10; i++) {
        assertThrows(CompletionException.class, () -> isSigned(ours, jwt));
      }
      assertTrue(keys.asked.get() <= 8, keys.asked + " requests, two and their repeats at a time");
      keys.published = jwks(rsaJwk("1", pair));
      await().ignoreException(CompletionException.class).until(() -> isSigned(ours, jwt));
    }
  }

  @Test
  void unknownKeys_areFetchedForRarely() throws Exception {
    KeyPair pair = rsa();
    try (KeyServer keys = new KeyServer(jwks(rsaJwk("1", pair)))) {
      TokenKeys ours = TokenKeys.jwks(keys.url());
      for (int i = 0; i < 100; i++) {
        assertFalse(isSigned(ours, SignedJWT.parse(rs256("made-up-" + i, pair))));
      }
      assertTrue(isSigned(ours, SignedJWT.parse(rs256("1", pair))));
      assertTrue(keys.asked.get() <= 3, keys.asked + " requests");
    }
  }

  @Test
  void grant_isLookedAtAnew_asItsKeyMayHaveBeenTakenBack() throws Exception {
    AtomicBoolean ours = new AtomicBoolean(true);
    Authenticator fickle =
        new Authenticator(jwt -> CompletableFuture.completedStage(ours.get()), clock::get);
    String token = hs256(claims().expirationTime(new Date(NOW_MS + 3_600_000)).build(), SECRET);
    assertInstanceOf(Grant.class, verdict(fickle, token));
    ours.set(false);
    clock.addAndGet(299_000);
    assertInstanceOf(Grant.class, verdict(fickle, token));
    clock.addAndGet(1_001);
    assertRefused(fickle, token);
  }

  private static boolean isSigned(TokenKeys keys, SignedJWT jwt) {
    return keys.isSignedBy(jwt).toCompletableFuture().join();
  }

  /** Publishes keys, or says that it cannot. */
  private static final class KeyServer implements AutoCloseable {
    final AtomicInteger asked = new AtomicInteger();
    volatile String published;
    private final HttpServer server;

    KeyServer(String published) throws IOException {
      this.published = published;
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            asked.incrementAndGet();
            String text = this.published;
            byte[] body = (text == null ? "" : text).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(text == null ? 503 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      server.start();
    }

    URL url() throws IOException {
      return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/").toURL();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private static String rs256(String keyId, KeyPair pair) throws Exception {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(keyId).build(), claims().build());
    jwt.sign(new RSASSASigner(pair.getPrivate()));
    return jwt.serialize();
  }

  private static JWK rsaJwk(String keyId, KeyPair pair) {
    return new RSAKey.Builder((RSAPublicKey) pair.getPublic()).keyID(keyId).build();
  }

  private static JWK edJwk(KeyPair pair) {
    byte[] encoded = pair.getPublic().getEncoded();
    byte[] x = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    return new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(x)).keyID("ed").build();
  }

  private static String jwks(JWK... keys) {
    return new JWKSet(List.of(keys)).toString();
  }
}
