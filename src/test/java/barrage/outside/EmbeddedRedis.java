package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The Redis that a server runs, found by the files it keeps in its directory. */
record EmbeddedRedis(Path dir) {

  /** Runs one command whose answer is one line. */
  String ask(String command) throws IOException {
    return ask(command, BufferedReader::readLine);
  }

  /** How many scripts it has run so far: every decision of the store is one. */
  long scriptsRun() throws IOException {
    return ask("INFO commandstats", EmbeddedRedis::readBulk)
        .lines()
        .filter(line -> line.startsWith("cmdstat_eval"))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=(\\d+),.*", "$1")))
        .sum();
  }

  private static String readBulk(BufferedReader in) throws IOException {
    char[] bulk = new char[Integer.parseInt(in.readLine().substring(1))];
    for (int read = 0; read < bulk.length; ) {
      read += in.read(bulk, read, bulk.length - read);
    }
    return new String(bulk);
  }

  private interface Reading {
    String read(BufferedReader in) throws IOException;
  }

  private String ask(String command, Reading answer) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), (int) number("port"))) {
      socket.setSoTimeout(10_000);
      String commands =
          "AUTH " + Files.readString(dir.resolve("password")) + "\r\n" + command + "\r\n";
      socket.getOutputStream().write(commands.getBytes(StandardCharsets.US_ASCII));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      assertEquals("+OK", in.readLine());
      return answer.read(in);
    }
  }

  /** SIGSTOP: it keeps its connections and answers nothing. */
  void freeze() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /** SIGCONT. */
  void thaw() throws IOException, InterruptedException {
    signal("-CONT");
  }

  /** SIGKILL. */
  void kill() throws IOException, InterruptedException {
    signal("-KILL");
  }

  private void signal(String name) throws IOException, InterruptedException {
    String pid = Long.toString(number("redis.pid"));
    assertEquals(0, new ProcessBuilder("kill", name, pid).inheritIO().start().waitFor());
  }

  private long number(String file) throws IOException {
    return Long.parseLong(Files.readString(dir.resolve(file)).strip());
  }
}
