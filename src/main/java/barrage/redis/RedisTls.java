package barrage.redis;

import io.lettuce.core.SslOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a connection by {@code rediss://} trusts, and by what it is known. All files are in PEM form
 * and read at each connect, so renewed ones are used from the next on.
 *
 * @param ca certificates of those who may have signed that of Redis; {@code null}: those that Java
 *     trusts
 * @param cert our own certificate and its chain, {@code null} for none
 * @param key its private key, PKCS #8 without a password; {@code null} for none
 */
public record RedisTls(@Nullable Path ca, @Nullable Path cert, @Nullable Path key) {
  /** Trusts whom Java trusts. */
  public static final RedisTls DEFAULT = new RedisTls(null, null, null);

  SslOptions options() {
    SslOptions.Builder options = SslOptions.builder().jdkSslProvider();
    if (ca != null) {
      options.trustManager(ca.toFile());
    }
    if (cert != null && key != null) {
      options.keyManager(cert.toFile(), key.toFile(), new char[0]);
    }
    return options.build();
  }
}
