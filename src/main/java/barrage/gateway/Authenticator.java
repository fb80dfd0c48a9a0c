package barrage.gateway;

import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Duration;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns a token into what it grants. A token is a JWT; what is signed by nobody, by somebody else,
 * or in another way than the key is for, is refused. Safe for any thread.
 */
public final class Authenticator {
  private static final int MAX_TOKEN_CHARS = 4096;
  private static final int MAX_CACHED = 10_000;
  private static final long CACHED_FOR_MS = 300_000;

  private final TokenKeys keys;
  private final TokenClaims asked;
  private final LongSupplier unixMs;

  /**
   * By the token's hash: a heap dump must not be a bunch of keys. Refusals are not kept, and grants
   * only for a while, as the key that signed them may be taken back.
   */
  private final Cache<ByteBuffer, Grant> granted;

  /** What comes of a token. */
  sealed interface Verdict permits Grant, Refused {}

  /**
   * The token grants nothing.
   *
   * @param why for the log; holds nothing of the token
   */
  record Refused(String why) implements Verdict {}

  /**
   * @param unixMs the time, Unix milliseconds
   */
  public Authenticator(TokenKeys keys, LongSupplier unixMs) {
    this(keys, TokenClaims.NONE, unixMs);
  }

  /**
   * @param asked what a token must say beside who it is for
   * @param unixMs the time, Unix milliseconds
   */
  public Authenticator(TokenKeys keys, TokenClaims asked, LongSupplier unixMs) {
    this.asked = asked;
    this.keys = keys;
    this.unixMs = unixMs;
    this.granted =
        Caffeine.newBuilder()
            .maximumSize(MAX_CACHED)
            .expireAfterWrite(Duration.ofMillis(CACHED_FOR_MS))
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(unixMs.getAsLong()))
            .build();
  }

  long nowMs() {
    return unixMs.getAsLong();
  }

  /** Completes at once unless keys have to be fetched; exceptionally when they cannot be. */
  CompletionStage<Verdict> authenticate(String token) {
    if (token.isEmpty() || token.length() > MAX_TOKEN_CHARS) {
      return refused("no token, or a very long one");
    }
    ByteBuffer hash = hash(token);
    Grant known = granted.getIfPresent(hash);
    if (known != null) {
      return CompletableFuture.completedStage(
          known.expiresAtMs() > nowMs() ? known : new Refused("expired"));
    }
    SignedJWT jwt;
    try {
      jwt = SignedJWT.parse(token);
    } catch (ParseException | IllegalArgumentException e) {
      return refused("not a signed JWT");
    }
    return keys.isSignedBy(jwt)
        .thenApply(
            signed -> {
              Verdict verdict = signed ? read(jwt) : new Refused("not signed by a key of ours");
              if (verdict instanceof Grant grant) {
                granted.put(hash, grant);
              }
              return verdict;
            });
  }

  /**
   * Says of a token what comes of it, for a person to read.
   *
   * @return {@code null} when it is good for something, else why it is refused; exceptionally when
   *     the keys cannot be had
   */
  public CompletionStage<@Nullable String> whyRefused(String token) {
    return authenticate(token)
        .thenApply(verdict -> verdict instanceof Refused refused ? refused.why() : null);
  }

  private static CompletionStage<Verdict> refused(String why) {
    return CompletableFuture.completedStage(new Refused(why));
  }

  private Verdict read(SignedJWT jwt) {
    try {
      return read(jwt.getJWTClaimsSet());
    } catch (ParseException e) {
      return new Refused("a claim of the wrong type");
    }
  }

  private Verdict read(@Nullable JWTClaimsSet claims) throws ParseException {
    if (claims == null) {
      return new Refused("no claims");
    }
    String fault = asked.refuse(claims, nowMs());
    Date expires = claims.getExpirationTime();
    if (fault != null || expires == null) {
      return new Refused(fault == null ? "never to expire" : fault);
    }
    String subject = claims.getSubject();
    if (subject == null || !ViewerId.isValid(subject)) {
      return new Refused("sub is not a viewer id");
    }
    ViewerId id = new ViewerId(subject);
    String name = claims.getStringClaim("name");
    if (name == null || name.isBlank()) {
      name = Viewer.nameOf(id);
    } else if (!isName(name)) {
      return new Refused("name is too long or not text");
    }
    Role role = role(claims);
    if (role == null) {
      return new Refused("unknown role");
    }
    Viewer viewer = new Viewer(id, name, role);
    Object room = claims.getClaim("room");
    boolean every = room == null ? role == Role.VIEWER : room.equals("*");
    Set<RoomId> rooms = room == null || every ? Set.of() : rooms(room);
    return rooms == null
        ? new Refused("room is not a room id, an array of them, or *")
        : new Grant(
            viewer,
            every,
            rooms,
            expires.toInstant().toEpochMilli() + 1_000 * asked.leewaySeconds());
  }

  private static boolean isName(String name) {
    return name.codePointCount(0, name.length()) <= Viewer.MAX_NAME_CHARS
        && name.codePoints()
            .noneMatch(
                c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
  }

  private static @Nullable Role role(JWTClaimsSet claims) throws ParseException {
    String role = claims.getStringClaim("role");
    return role == null ? Role.VIEWER : Role.fromWire(role).orElse(null);
  }

  private static @Nullable Set<RoomId> rooms(Object claim) {
    Collection<?> listed = claim instanceof Collection<?> many ? many : List.of(claim);
    Set<RoomId> rooms = new HashSet<>();
    for (Object each : listed) {
      if (!(each instanceof String id) || !RoomId.isValid(id)) {
        return null;
      }
      rooms.add(new RoomId(id));
    }
    return rooms;
  }

  private static ByteBuffer hash(String token) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return ByteBuffer.wrap(sha256.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
