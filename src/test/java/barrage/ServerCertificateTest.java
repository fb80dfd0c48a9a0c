package barrage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.config.ConfigException;
import io.netty.handler.ssl.SslContext;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServerCertificateTest {
  private static X509Bundle first;
  private static X509Bundle second;

  @TempDir private Path directory;
  private Path chain;
  private Path key;

  @BeforeAll
  static void makeCertificates() throws Exception {
    first = certificate().ecp256().buildSelfSigned();
    second = certificate().rsa2048().buildSelfSigned();
  }

  private static CertificateBuilder certificate() {
    return new CertificateBuilder()
        .subject("CN=localhost")
        .addSanDnsName("localhost")
        .setIsCertificateAuthority(true);
  }

  @BeforeEach
  void writeFirst() throws IOException {
    chain = directory.resolve("cert.pem");
    key = directory.resolve("key.pem");
    write(first);
  }

  private void write(X509Bundle bundle) throws IOException {
    put(chain, bundle.getCertificatePathPEM());
    put(key, bundle.getPrivateKeyPEM());
  }

  /** As renewal programs do: a new file in the place of the old one. */
  private void put(Path file, String text) throws IOException {
    Path fresh = Files.writeString(directory.resolve("fresh"), text);
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private String refusal() {
    return assertThrows(ConfigException.class, () -> ServerCertificate.open(chain, key))
        .getMessage();
  }

  @Test
  void renewedFiles_areTakenOver_onceTheyKeepStill() throws IOException {
    ServerCertificate certificate = ServerCertificate.open(chain, key);
    SslContext old = certificate.get();
    certificate.reloadIfChanged();
    assertSame(old, certificate.get());
    write(second);
    certificate.reloadIfChanged();
    assertSame(old, certificate.get());
    certificate.reloadIfChanged();
    SslContext renewed = certificate.get();
    assertNotSame(old, renewed);
    certificate.reloadIfChanged();
    assertSame(renewed, certificate.get());
  }

  @Test
  void badRenewal_changesNothing_andAGoodOneAfterItDoes() throws IOException {
    ServerCertificate certificate = ServerCertificate.open(chain, key);
    SslContext old = certificate.get();
    put(chain, second.getCertificatePathPEM()); // and not the key
    certificate.reloadIfChanged();
    certificate.reloadIfChanged();
    assertSame(old, certificate.get());
    Files.delete(key);
    certificate.reloadIfChanged();
    certificate.reloadIfChanged();
    assertSame(old, certificate.get());
    put(key, second.getPrivateKeyPEM());
    certificate.reloadIfChanged();
    certificate.reloadIfChanged();
    assertNotSame(old, certificate.get());
  }

  @Test
  void whatDoesNotGoTogether_isRefused() throws Exception {
    put(key, second.getPrivateKeyPEM());
    assertEquals(key + ": is not the key of the certificate in " + chain, refusal());
    put(key, certificate().ecp256().buildSelfSigned().getPrivateKeyPEM());
    assertEquals(key + ": is not the key of the certificate in " + chain, refusal());
  }

  @Test
  void whatIsOfAnotherForm_isRefusedWithItsName() throws IOException {
    put(key, first.getPrivateKeyPEM().replace("PRIVATE KEY", "EC PRIVATE KEY"));
    assertTrue(refusal().startsWith(key + ": holds no PRIVATE KEY"), refusal());
    put(chain, "nonsense");
    assertTrue(refusal().startsWith(chain + ": holds"), refusal());
    put(chain, "");
    assertTrue(refusal().startsWith(chain + ": holds"), refusal());
    Files.delete(chain);
    assertEquals(chain + ": cannot be read", refusal());
  }

  @Test
  void certificateOfThePastOrTheFuture_isRefused() throws Exception {
    Instant now = Instant.now();
    write(
        certificate()
            .ecp256()
            .notBefore(now.minus(2, ChronoUnit.DAYS))
            .notAfter(now.minus(1, ChronoUnit.DAYS))
            .buildSelfSigned());
    assertTrue(refusal().startsWith(chain + ": is valid from"), refusal());
    write(
        certificate()
            .ecp256()
            .notBefore(now.plus(1, ChronoUnit.DAYS))
            .notAfter(now.plus(2, ChronoUnit.DAYS))
            .buildSelfSigned());
    assertTrue(refusal().startsWith(chain + ": is valid from"), refusal());
  }
}
