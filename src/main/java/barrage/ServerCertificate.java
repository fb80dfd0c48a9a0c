package barrage;

import barrage.config.ConfigException;
import barrage.config.FileVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the server proves its name with: a certificate, its chain and the key, read from files and
 * read again when these are renewed. Connections keep what they began with. Whatever does not go
 * together, or is not valid now, is refused, and what was in force before stays.
 *
 * <p>Safe for any thread; {@link #reloadIfChanged} for one at a time.
 */
final class ServerCertificate {
  private static final Logger LOG = LoggerFactory.getLogger(ServerCertificate.class);
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
  private static final byte[] PROOF =
      "does this key belong to that certificate".getBytes(StandardCharsets.US_ASCII);

  private final Path chainFile;
  private final Path keyFile;
  private volatile SslContext context;
  private Versions read;
  private Versions lastLook;
  private String lastFault = "";

  private ServerCertificate(Path chainFile, Path keyFile) {
    this.chainFile = chainFile;
    this.keyFile = keyFile;
    this.read = versions();
    this.lastLook = read;
    this.context = load();
  }

  /**
   * Reads it.
   *
   * @param chainFile X.509 certificates in PEM form, the server's own first
   * @param keyFile its private key: PKCS #8 in PEM form, without a password
   * @throws ConfigException when they cannot be used; the message names the file and says why
   */
  static ServerCertificate open(Path chainFile, Path keyFile) {
    return new ServerCertificate(chainFile, keyFile);
  }

  /** For connections that begin now. */
  SslContext get() {
    return context;
  }

  /**
   * Takes over files that were renewed since, once they have stopped changing: two files are not
   * written at one instant. Never throws.
   */
  void reloadIfChanged() {
    Versions look = versions();
    boolean still = look.equals(lastLook);
    lastLook = look;
    if (!still || look.equals(read)) {
      return;
    }
    try {
      context = load();
      read = look;
      lastFault = "";
      LOG.info("TLS certificate reloaded from {}", chainFile);
    } catch (RuntimeException e) {
      // Tried again: that a file may be read from now on does not show in its version.
      String fault = look + String.valueOf(e.getMessage());
      if (!fault.equals(lastFault)) {
        lastFault = fault;
        LOG.error("TLS certificate not reloaded, the old one stays in force: {}", e.getMessage());
      }
    }
  }

  private SslContext load() {
    List<X509Certificate> chain = chain();
    X509Certificate own = chain.get(0);
    PrivateKey key = key(own.getPublicKey().getAlgorithm());
    try {
      own.checkValidity();
    } catch (CertificateException e) {
      throw fault(
          chainFile,
          "is valid from "
              + own.getNotBefore().toInstant()
              + " to "
              + own.getNotAfter().toInstant());
    }
    if (!belongTogether(key, own.getPublicKey())) {
      throw fault(keyFile, "is not the key of the certificate in " + chainFile);
    }
    try {
      return SslContextBuilder.forServer(key, chain.toArray(new X509Certificate[0]))
          .protocols("TLSv1.3", "TLSv1.2")
          .build();
    } catch (IOException e) {
      throw fault(chainFile, "cannot be used for TLS");
    }
  }

  private List<X509Certificate> chain() {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      byte[] pem = Files.readAllBytes(chainFile);
      for (Certificate each :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))) {
        chain.add((X509Certificate) each);
      }
    } catch (IOException e) {
      throw fault(chainFile, "cannot be read");
    } catch (CertificateException e) {
      throw fault(chainFile, "holds something else than certificates in PEM form");
    }
    if (chain.isEmpty()) {
      throw fault(chainFile, "holds no certificate in PEM form");
    }
    return chain;
  }

  /** The kind of the certificate's key says which kind this one has to be. */
  private PrivateKey key(String algorithm) {
    String pem;
    try {
      pem = Files.readString(keyFile);
    } catch (IOException e) {
      throw fault(keyFile, "cannot be read");
    }
    Matcher body = KEY.matcher(pem);
    if (!body.find()) {
      throw fault(
          keyFile,
          "holds no PRIVATE KEY in PEM form without a password; \"openssl pkcs8 -topk8 -nocrypt\""
              + " makes one of another form");
    }
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(body.group(1));
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw fault(keyFile, "is not the key of the certificate in " + chainFile);
    }
  }

  private static boolean belongTogether(PrivateKey key, PublicKey certified) {
    String scheme =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    try {
      Signature signer = Signature.getInstance(scheme);
      signer.initSign(key);
      signer.update(PROOF);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(scheme);
      verifier.initVerify(certified);
      verifier.update(PROOF);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** What tells one state of the two files from another. */
  private record Versions(FileVersion chain, FileVersion key) {}

  private Versions versions() {
    return new Versions(FileVersion.of(chainFile), FileVersion.of(keyFile));
  }

  private static ConfigException fault(Path file, String why) {
    return new ConfigException(file.toString(), why);
  }
}
