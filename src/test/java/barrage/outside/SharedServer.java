package barrage.outside;

import barrage.TemporaryFolder;
import java.io.IOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One server with the default rules for all tests that ask for a {@link ServerProcess}. They keep
 * out of each other's way by using rooms of their own.
 */
final class SharedServer implements ParameterResolver {
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    return parameter.getParameter().getType() == ServerProcess.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
    return test.getRoot()
        .getStore(ExtensionContext.Namespace.create(SharedServer.class))
        .computeIfAbsent(Running.class, key -> new Running(), Running.class)
        .server;
  }

  /** Closed by JUnit after the last test. */
  private static final class Running implements AutoCloseable {
    private final TemporaryFolder folder = TemporaryFolder.create("barrage-outside");
    private final ServerProcess server;

    Running() {
      try {
        server = ServerProcess.start(folder.path());
      } catch (Exception e) {
        throw new IllegalStateException("no server", e);
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
      folder.close();
    }
  }
}
