package barrage.pages;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A page in a browser; the test plays the server. */
abstract class PageTest {
  PageServer server;

  @BeforeEach
  void startServer() throws InterruptedException {
    server = new PageServer();
  }

  @AfterEach
  void stopServer() {
    server.close();
  }
}
