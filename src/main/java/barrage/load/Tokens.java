package barrage.load;

import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.ViewerId;
import barrage.wire.Messages;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeyLengthException;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tools.jackson.databind.json.JsonMapper;

/** Gives viewers their tokens. Safe for any thread. */
interface Tokens {
  /** A token of this role; one of a viewer is good for any room, another for this one. */
  CompletionStage<String> of(ViewerId viewer, Role role, RoomId room);

  /** A token of role {@code viewer}, good for any room. */
  default CompletionStage<String> of(ViewerId viewer) {
    return of(viewer, Role.VIEWER, ANY);
  }

  /** No room in particular. */
  RoomId ANY = new RoomId("any");

  /** Signs them here, with the server's own secret. */
  static Tokens signedWith(String secret) {
    MACSigner signer;
    try {
      signer = new MACSigner(secret.getBytes(StandardCharsets.UTF_8));
    } catch (KeyLengthException e) {
      throw new IllegalArgumentException("the token secret must be 32 bytes or more", e);
    }
    Duration goodFor = Duration.ofHours(12);
    return (viewer, role, room) -> {
      JWTClaimsSet.Builder claims =
          new JWTClaimsSet.Builder()
              .subject(viewer.value())
              .claim("role", role.wire())
              .expirationTime(Date.from(Instant.now().plus(goodFor)));
      if (role != Role.VIEWER) {
        claims.claim("room", room.value());
      }
      SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.build());
      try {
        token.sign(signer);
      } catch (JOSEException e) {
        return CompletableFuture.failedFuture(e);
      }
      return CompletableFuture.completedFuture(token.serialize());
    };
  }

  /**
   * Asks the server for each, which gives them in development alone.
   *
   * @param devKey what it asks for; empty when it is not known
   * @param http speaks HTTP/1.1 and follows no redirects
   */
  static Tokens fromServer(URI server, String devKey, HttpClient http) {
    return (viewer, role, room) -> {
      byte[] body =
          Messages.object(
              json -> {
                json.writeStringProperty("viewer", viewer.value());
                if (role != Role.VIEWER) {
                  json.writeStringProperty("role", role.wire());
                  json.writeStringProperty("room", room.value());
                }
              });
      HttpRequest request =
          HttpRequest.newBuilder(server.resolve("/api/dev/tokens"))
              .timeout(Duration.ofSeconds(10))
              .header("Content-Type", "application/json")
              .header("X-Barrage-Dev-Key", devKey)
              .POST(HttpRequest.BodyPublishers.ofByteArray(body))
              .build();
      return http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
          .thenApply(
              answer -> {
                if (answer.statusCode() / 100 != 2) {
                  throw new IllegalStateException(
                      "the server gives no development tokens (HTTP "
                          + answer.statusCode()
                          + "); --dev-key-file names its key, --token-secret signs them here");
                }
                return JsonMapper.shared().readTree(answer.body()).path("token").asString();
              });
    };
  }
}
