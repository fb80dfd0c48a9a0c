package barrage.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import barrage.activity.Activities;
import barrage.activity.ApiDocuments;
import barrage.core.Reason;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Files that come with the server: its pages and the documents that describe it. They are
 * compressed once, when they are first asked for, and stay in memory both ways.
 */
final class StaticPages {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");

  private static final String YAML = "application/yaml";

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("mjs", "text/javascript; charset=utf-8"),
          Map.entry("ts", "text/plain; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("webmanifest", "application/manifest+json"),
          Map.entry("yaml", YAML),
          Map.entry("txt", "text/plain; charset=utf-8"),
          Map.entry("md", "text/markdown; charset=utf-8"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff2", "font/woff2"));

  /** Scripts and styles come from files alone, so what a viewer writes can never become one. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; object-src 'none';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

  /** What was asked for once; only what exists, so it cannot grow. */
  private final Map<String, File> files = new ConcurrentHashMap<>();

  /** Of libraries that exist; their paths name it. */
  private final Map<String, String> versions = new ConcurrentHashMap<>();

  private final Activities activities;

  /**
   * The pages of a server.
   *
   * @param activities whose documents of the API are joined into the server's
   */
  StaticPages(Activities activities) {
    this.activities = activities;
  }

  /** A file as it is sent; its tag is that of this encoding alone, as RFC 9110 asks in 8.8.3.3. */
  private record Body(byte[] bytes, String etag) {}

  /**
   * A file.
   *
   * @param gzipped {@code null} when that makes it no smaller
   */
  private record File(String type, Body plain, @Nullable Body gzipped) {}

  /**
   * The page of a path: {@code /} is {@code index.html}, also in a directory, whose own name
   * without a suffix will do.
   */
  CompletionStage<Answer> page(Call call) {
    List<String> path = call.request().path();
    boolean webJar = path.size() > 2 && path.get(0).equals("webjars");
    StringBuilder resource = new StringBuilder("/web");
    for (int i = 0; i < path.size(); i++) {
      String segment = path.get(i);
      boolean directory = segment.isEmpty() && i == path.size() - 1;
      if (!directory && !NAME.matcher(segment).matches()) {
        return CompletableFuture.completedStage(Answer.refused(Reason.NOT_FOUND));
      }
      resource.append('/').append(directory ? "index.html" : segment);
    }
    if (resource.indexOf(".") < 0) {
      resource.append("/index.html");
    }
    return serve(call, webJar ? inWebJar(path) : resource.toString());
  }

  /** Where a file of a library is, whose pages name it without its version. */
  private String inWebJar(List<String> path) {
    String library = path.get(1);
    String version = versions.computeIfAbsent(library, StaticPages::versionOf);
    String file = String.join("/", path.subList(2, path.size()));
    return "/META-INF/resources/webjars/" + library + "/" + version + "/" + file;
  }

  /** {@code null} when there is no such library. */
  private static @Nullable String versionOf(String library) {
    String known = "/META-INF/maven/org.webjars.npm/" + library + "/pom.properties";
    try (InputStream in = StaticPages.class.getResourceAsStream(known)) {
      if (in == null) {
        return null;
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file of the class path, whatever the path of the request. */
  CompletionStage<Answer> serve(Call call, String resource) {
    File file = find(resource);
    return file == null
        ? CompletableFuture.completedStage(Answer.refused(Reason.NOT_FOUND))
        : serve(call, file);
  }

  private static CompletionStage<Answer> serve(Call call, File file) {
    HttpHeaders headers = call.request().headers();
    Body gzipped = file.gzipped;
    boolean zips =
        gzipped != null
            && AcceptEncoding.prefersGzip(headers.getAll(HttpHeaderNames.ACCEPT_ENCODING));
    Body body = gzipped != null && zips ? gzipped : file.plain;
    Answer.Whole answer =
        isKnown(headers.getAll(HttpHeaderNames.IF_NONE_MATCH), body.etag)
            ? Answer.empty(304)
            : Answer.of(200, file.type, body.bytes);
    if (zips && answer.status() == 200) {
      answer = answer.with(HttpHeaderNames.CONTENT_ENCODING, "gzip");
    }
    if (gzipped != null) {
      answer = answer.with(HttpHeaderNames.VARY, "Accept-Encoding");
    }
    return CompletableFuture.completedStage(
        answer
            .with(HttpHeaderNames.ETAG, body.etag)
            .with(HttpHeaderNames.CACHE_CONTROL, "no-cache")
            .with(HttpHeaderNames.CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY));
  }

  /** Whether the client has it, by its {@code If-None-Match}: RFC 9110, section 13.1.2. */
  private static boolean isKnown(List<String> fields, String etag) {
    for (String field : fields) {
      for (String each : field.split(",", -1)) {
        String tag = each.strip();
        // Compared weakly: a proxy that compresses makes our tags weak.
        if (tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag)) {
          return true;
        }
      }
    }
    return false;
  }

  /** One of the documents of the API, {@code openapi} or {@code asyncapi}. */
  CompletionStage<Answer> document(Call call, String name) {
    String file = name + ".yaml";
    return serve(
        call,
        files.computeIfAbsent(
            file, missing -> file(YAML, ApiDocuments.joined(name, activities).getBytes(UTF_8))));
  }

  private @Nullable File find(String resource) {
    File known = files.get(resource);
    String type = TYPES.get(resource.substring(resource.lastIndexOf('.') + 1));
    if (known != null || type == null) {
      return known;
    }
    try (InputStream in = StaticPages.class.getResourceAsStream(resource)) {
      if (in == null) {
        return null;
      }
      File file = file(type, in.readAllBytes());
      files.put(resource, file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static File file(String type, byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      String tag = HexFormat.of().formatHex(digest, 0, 16);
      byte[] gzipped = gzip(bytes);
      return new File(
          type,
          new Body(bytes, '"' + tag + '"'),
          gzipped.length < bytes.length ? new Body(gzipped, '"' + tag + "-gzip\"") : null);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new SmallestGzip(zipped)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return zipped.toByteArray();
  }

  /** Takes its time, for once. */
  private static final class SmallestGzip extends GZIPOutputStream {
    SmallestGzip(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
