package barrage.outside;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS and WSS on the one port, with a certificate that is renewed meanwhile. */
final class TlsIT {
  @TempDir private Path dir;

  private static X509Bundle certificate() throws Exception {
    return new CertificateBuilder()
        .subject("CN=127.0.0.1")
        .addSanIpAddress("127.0.0.1")
        .setIsCertificateAuthority(true)
        .ecp256()
        .buildSelfSigned();
  }

  private Path write(String name, String pem) throws IOException {
    return Files.writeString(dir.resolve(name), pem);
  }

  private static HttpClient trusting(X509Bundle bundle) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {bundle.toTrustManager()}, null);
    return HttpClient.newBuilder().sslContext(context).version(HttpClient.Version.HTTP_1_1).build();
  }

  private static boolean isWell(X509Bundle trusted, URI server) throws Exception {
    try {
      HttpRequest request = HttpRequest.newBuilder(server.resolve("/healthz")).build();
      return trusting(trusted).send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (SSLException e) {
      return false;
    }
  }

  @Test
  void certificate_isRenewed_andConnectionsStay() throws Exception {
    X509Bundle first = certificate();
    X509Bundle second = certificate();
    Path cert = write("cert.pem", first.getCertificatePathPEM());
    Path key = write("key.pem", first.getPrivateKeyPEM());
    try (ServerProcess server =
        ServerProcess.start(dir, "server.tls.cert=" + cert, "server.tls.key=" + key)) {
      assertEquals("https", server.uri().getScheme());
      assertTrue(isWell(first, server.uri()));
      Watcher watcher = new Watcher();
      URI room = URI.create("wss" + server.uri().toString().substring(5) + "/rooms/tls/ws");
      WebSocket socket = trusting(first).newWebSocketBuilder().buildAsync(room, watcher).join();
      await().until(() -> watcher.texts.stream().anyMatch(text -> text.contains("welcome")));

      write("key.pem", "garbage");
      await().until(() -> server.err().stream().anyMatch(line -> line.contains("not reloaded")));
      assertTrue(isWell(first, server.uri()));

      write("cert.pem", second.getCertificatePathPEM());
      write("key.pem", second.getPrivateKeyPEM());
      await().until(() -> isWell(second, server.uri()));

      socket.sendText("{\"type\":\"ping\",\"id\":\"still-there\"}", true).join();
      await().until(() -> watcher.texts.stream().anyMatch(text -> text.contains("still-there")));
      socket.abort();
    }
  }

  private static final class Watcher implements WebSocket.Listener {
    private final List<String> texts = new CopyOnWriteArrayList<>();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      texts.add(data.toString());
      socket.request(1);
      return null;
    }
  }
}
