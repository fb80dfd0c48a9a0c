package barrage.redis;

import static barrage.redis.Batches.commit;
import static barrage.redis.Batches.say;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Outcome;
import barrage.core.RoomId;
import io.lettuce.core.RedisException;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis behind TLS whose certificate is right, another's, or signed by somebody. */
final class RedisTlsTest {
  @TempDir private Path dir;
  private final RoomId room = RedisFixture.freshRoom();
  private X509Bundle authority;
  private RedisProcess redis;
  private String uri;

  @BeforeEach
  void start() throws Exception {
    authority = authority();
    write("ca.pem", authority.getCertificatePEM());
    certify(authority, "127.0.0.1");
    int port = RedisProcess.freePort();
    redis =
        RedisProcess.start(
            dir,
            "--tls-port",
            "" + port,
            "--tls-cert-file",
            file("redis.pem").toString(),
            "--tls-key-file",
            file("redis.key").toString(),
            "--tls-ca-cert-file",
            file("ca.pem").toString(),
            "--tls-auth-clients",
            "no");
    uri = "rediss://127.0.0.1:" + port;
  }

  @AfterEach
  void stop() {
    redis.close();
  }

  private static X509Bundle authority() throws Exception {
    return new CertificateBuilder()
        .subject("CN=an authority of a test")
        .setIsCertificateAuthority(true)
        .ecp256()
        .buildSelfSigned();
  }

  /** Redis's certificate from here on. */
  private void certify(X509Bundle by, String address) throws Exception {
    X509Bundle own =
        new CertificateBuilder()
            .subject("CN=redis")
            .addSanIpAddress(address)
            .ecp256()
            .buildIssuedBy(by);
    write("redis.pem", own.getCertificatePEM());
    write("redis.key", own.getPrivateKeyPEM());
    if (redis != null) {
      assertEquals("OK", redis.ask("CONFIG", "SET", "tls-cert-file", file("redis.pem").toString()));
    }
  }

  private Path write(String name, String pem) throws IOException {
    return Files.writeString(file(name), pem);
  }

  private Path file(String name) {
    return dir.resolve(name);
  }

  private RedisTls trusting(@Nullable String ca) {
    return new RedisTls(ca == null ? null : file(ca), null, null);
  }

  private RedisStore connect(RedisTls tls) {
    return RedisStore.connect(uri, tls, "a", new Replication(1, 10));
  }

  private String refusal(RedisTls tls) {
    RedisException refused = assertThrows(RedisException.class, () -> connect(tls).close());
    String why = String.valueOf(refused.getMessage());
    assertEquals(1, why.lines().count(), why);
    return why;
  }

  @Test
  void certificateOfATrustedAuthority_carriesCommandsFeedsAndAudits() {
    try (RedisStore store = connect(trusting("ca.pem"))) {
      Collector heard = new Collector();
      Batches.await(store.follow(room, heard));
      assertEquals(
          List.of(new Outcome.Said(1)), commit(store, room, say("v", "1", "text")).outcomes());
      assertEquals(1, heard.take(1).get(0).revision());
    }
    assertEquals(List.of(), Audit.of(uri, trusting("ca.pem"), room).faults());
  }

  @Test
  void certificateOfAnyoneElse_isRefusedInOneLine() throws Exception {
    assertTrue(refusal(trusting(null)).startsWith("TLS: unable to find valid certification path"));
    write("other.pem", authority().getCertificatePEM());
    assertTrue(refusal(trusting("other.pem")).startsWith("TLS: "), refusal(trusting("other.pem")));
    write("garbage.pem", "garbage");
    assertTrue(
        refusal(trusting("garbage.pem")).startsWith("TLS: "), refusal(trusting("garbage.pem")));
    certify(authority, "127.0.0.2");
    assertEquals(
        "TLS: No subject alternative names matching IP address 127.0.0.1 found",
        refusal(trusting("ca.pem")));
  }

  @Test
  void redisThatAsksWhoWeAre_isShownOurCertificate() throws Exception {
    assertEquals("OK", redis.ask("CONFIG", "SET", "tls-auth-clients", "yes"));
    refusal(trusting("ca.pem"));
    X509Bundle own = new CertificateBuilder().subject("CN=us").ecp256().buildIssuedBy(authority);
    RedisTls known =
        new RedisTls(
            file("ca.pem"),
            write("own.pem", own.getCertificatePEM()),
            write("own.key", own.getPrivateKeyPEM()));
    try (RedisStore store = connect(known)) {
      assertEquals(
          List.of(new Outcome.Said(1)), commit(store, room, say("v", "1", "text")).outcomes());
    }
  }
}
