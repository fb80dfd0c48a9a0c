package barrage;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code serve}: runs a server until the process is told to end. Then nothing new is accepted, what
 * is in flight is answered, clients are told to go elsewhere, and the process exits with 0.
 */
@Command(
    name = "serve",
    description = "Runs the server.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class Serve implements Callable<Integer> {
  /** Whoever sent SIGTERM kills after 10 s or more. */
  private static final long STOP_WITHIN_MS = 9_500;

  @Mixin private final SettingsOptions options = new SettingsOptions();

  @Override
  public Integer call() throws Exception {
    Settings settings = options.read();
    Server server = Server.start(settings);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "barrage-stop"));
    server.invitations().forEach(System.out::println);
    System.out.println("READY " + server.url());
    new CountDownLatch(1).await();
    return 0;
  }

  /** A virtual machine that a signal ends reports the signal, but an orderly end is a success. */
  private static void stop(Server server) {
    Thread closing = new Thread(server::close, "barrage-close");
    closing.start();
    try {
      closing.join(STOP_WITHIN_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(closing.isAlive() ? 1 : 0);
  }
}
