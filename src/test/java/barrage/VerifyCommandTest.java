package barrage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/** {@code verify} against proofs that this test makes by itself. */
final class VerifyCommandTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void anHonestProof_isToldWithEachWinner() throws Exception {
    Map<String, Object> proof = proof("lot-1", entries(1_000), prizes("手机", 1, "cup", 19));
    assertEquals(0, verify(JSON.writeValueAsString(proof)), err::toString);
    assertTrue(out.toString().contains("lot-1"), out::toString);
    assertTrue(out.toString().contains("entries      1,000, total weight "), out::toString);
    Map<?, ?> first = (Map<?, ?>) winners(proof).get(0);
    assertTrue(out.toString().contains(first.get("viewer") + ": 手机"), out::toString);
    assertEquals(20, out.toString().lines().filter(line -> line.startsWith("winner ")).count());
    assertTrue(out.toString().endsWith("The draw was right." + System.lineSeparator()));
    assertEquals("", err.toString());
  }

  @Test
  void proofFromBeforeWeightsWereInIt_isHonestToo() throws Exception {
    Map<String, Object> proof = proof("lot-1", entries(50), prizes("cup", 3));
    proof.remove("weights");
    assertEquals(0, verify(JSON.writeValueAsString(proof)), err::toString);
  }

  @Test
  void tierThatIsNotNamed_weighsOne() throws Exception {
    TreeMap<String, Integer> entries = new TreeMap<>(Map.of("ann", 1, "bob", 5));
    Map<String, Object> proof = proof("lot-1", entries, prizes("cup", 1));
    proof.put("weights", Map.of("diamond", 5));
    assertEquals(0, verify(JSON.writeValueAsString(proof)), err::toString);
    assertEquals(
        0,
        verify(JSON.writeValueAsString(proof), "--weights", "diamond=5,regular=1"),
        err::toString);
  }

  /** Whoever runs the server can make up a whole proof after the draw; what was noted tells. */
  @Test
  void proofThatWasMadeUpAfterwards_isNotTheOneThatWasNoted() throws Exception {
    Map<String, Object> noted = proof("lot-1", entries(50), prizes("cup", 3));
    String commitment = (String) noted.get("commitment");
    String hash = (String) noted.get("entriesHash");
    String honest = JSON.writeValueAsString(noted);
    assertEquals(
        0,
        verify(honest, "--commitment", commitment.toUpperCase(), "--entries-hash", hash),
        err::toString);
    assertTrue(out.toString().contains(commitment + " is of the seed, as noted"), out::toString);
    assertTrue(out.toString().contains(hash + " is of the manifest, as noted"), out::toString);

    String other = JSON.writeValueAsString(proof("lot-1", entries(49), prizes("cup", 3)));
    assertEquals(1, verify(other, "--entries-hash", hash));
    assertTrue(err.toString().contains("the entries hash noted at the lock is " + hash));
    assertEquals(1, verify(honest, "--commitment", "0".repeat(64)));
    assertTrue(err.toString().contains("the commitment noted at the opening is 000"));
    assertEquals(1, verify(honest, "--weights", "silver=2,gold=2,diamond=10"));
    assertTrue(err.toString().contains("the weight of gold noted at the opening is 2, not 3"));
    noted.remove("weights");
    assertEquals(1, verify(JSON.writeValueAsString(noted), "--weights", "gold=3"));
    assertTrue(err.toString().contains("does not tell the weights"), err::toString);
    assertEquals(4, err.toString().lines().count(), err::toString);
  }

  @Test
  void noEntriesAndFewerThanPrizes_areHonestToo() throws Exception {
    for (int count : new int[] {0, 1, 3}) {
      Map<String, Object> proof = proof("l", entries(count), prizes("cup", 5));
      assertEquals(count, winners(proof).size());
      assertEquals(0, verify(JSON.writeValueAsString(proof)), err::toString);
    }
  }

  @Test
  void aHundredThousandEntries_areCheckedAsWell() throws Exception {
    Map<String, Object> proof = proof("big", entries(100_000), prizes("cup", 100));
    assertEquals(0, verify(JSON.writeValueAsString(proof)), err::toString);
  }

  @Test
  void standardInput_isReadForADash() throws Exception {
    String proof = JSON.writeValueAsString(proof("l", entries(10), prizes("cup", 2)));
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(proof.getBytes(StandardCharsets.UTF_8)));
    try {
      assertEquals(0, run("verify", "-"), err::toString);
    } finally {
      System.setIn(before);
    }
  }

  // Tampering

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void whatWasTamperedWith_isNamed(String fault, Consumer<Map<String, Object>> tamper)
      throws Exception {
    Map<String, Object> proof = proof("lot-1", entries(50), prizes("phone", 1, "cup", 3));
    tamper.accept(proof);
    assertEquals(1, verify(JSON.writeValueAsString(proof)));
    assertEquals("", out.toString());
    assertEquals(1, err.toString().lines().count(), err::toString);
    assertTrue(err.toString().contains(fault), err::toString);
  }

  static Stream<Arguments> whatWasTamperedWith_isNamed() {
    String other = "00".repeat(32);
    return Stream.of(
        tampering("commitment", proof -> proof.put("commitment", other)),
        tampering("commitment", proof -> proof.put("seed", other)),
        tampering(
            "winner 1 must be",
            proof -> {
              proof.put("seed", other);
              proof.put("commitment", hex(sha256(new byte[32])));
            }),
        tampering("seed is not", proof -> proof.put("seed", "00ff")),
        tampering(
            "seed is not",
            proof -> proof.computeIfPresent("seed", (k, hex) -> ((String) hex).toUpperCase())),
        tampering("entries hash", proof -> proof.put("entriesHash", other)),
        tampering(
            "entries hash", proof -> manifest(proof, m -> m.replace("v00007\t", "v00007x\t"))),
        tampering(
            "entries hash",
            proof -> manifest(proof, m -> weightOf(m, "v00007", heavier(m, "v00007")))),
        tampering("winner", proof -> rehashed(proof, m -> m.replaceFirst("v00007\t\\d+\n", ""))),
        tampering(
            "winner", proof -> rehashed(proof, m -> weightOf(m, "v00007", heavier(m, "v00007")))),
        tampering("above 1000", proof -> rehashed(proof, m -> weightOf(m, "v00007", 1_001))),
        tampering("not an entry", proof -> rehashed(proof, m -> weightOf(m, "v00007", 0))),
        tampering("not announced", proof -> rehashed(proof, m -> weightOf(m, "v00007", 7))),
        tampering("not announced", proof -> proof.put("weights", Map.of())),
        tampering("not 1 to 1000", proof -> proof.put("weights", Map.of("gold", 1_001))),
        tampering("not 1 to 1000", proof -> proof.put("weights", Map.of("gold", 0))),
        tampering("of no tier", proof -> proof.put("weights", Map.of("platinum", 2))),
        tampering("is no number", proof -> proof.put("weights", Map.of("gold", "2"))),
        tampering("not an object", proof -> proof.put("weights", List.of(1, 2, 3, 4))),
        tampering("not an entry", proof -> rehashed(proof, m -> m + "zzz\n")),
        tampering("not a viewer id", proof -> rehashed(proof, m -> m + "z z\t1\n")),
        tampering("not a manifest of", proof -> rehashed(proof, m -> m.stripTrailing())),
        tampering("not a manifest of", proof -> proof.put("lottery", "lot-2")),
        tampering("malformed", proof -> proof.put("lottery", "lot\u001b[2J")),
        tampering("out of order", proof -> rehashed(proof, m -> m + "v00001\t1\n")),
        tampering("out of order", proof -> rehashed(proof, m -> m + lastLine(m))),
        tampering("winner 1 must be", proof -> winners(proof).add(0, winners(proof).remove(2))),
        tampering("winner 3 must be", proof -> winner(proof, 3).put("viewer", "somebody")),
        tampering("winner 4 must be", proof -> winner(proof, 4).put("prize", "phone")),
        tampering("4 winners, there are 3", proof -> winners(proof).remove(3)),
        tampering("4 winners, there are 5", proof -> winners(proof).add(winner(proof, 1))),
        tampering("5 winners, there are 4", proof -> prize(proof, 2).put("count", 4)),
        tampering("3 winners, there are 4", proof -> prize(proof, 2).put("count", 2)),
        tampering("winner 1 must be", proof -> prize(proof, 1).put("name", "pen")),
        tampering("prizes", proof -> prize(proof, 2).put("count", 0)),
        tampering("prizes", proof -> prize(proof, 2).put("count", -1)),
        tampering("prizes", proof -> prize(proof, 2).put("count", 2_000_000_000)),
        tampering("no count", proof -> prize(proof, 2).put("count", 3.5)),
        tampering("no count", proof -> prize(proof, 2).put("count", 1L << 40)),
        tampering("no text \"name\"", proof -> prize(proof, 2).remove("name")),
        tampering("no viewer id", proof -> winner(proof, 1).put("viewer", "\n")),
        tampering("no array \"prizes\"", proof -> proof.put("prizes", "all")),
        tampering("no array \"winners\"", proof -> proof.remove("winners")),
        tampering("no text \"manifest\"", proof -> proof.remove("manifest")),
        tampering("no text \"seed\"", proof -> proof.put("seed", 1)));
  }

  private static Arguments tampering(String fault, Consumer<Map<String, Object>> tamper) {
    return Arguments.of(fault, tamper);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "null", "\"proof\"", "{", "{}", "{} {}", "<html>", "{\"a\":1,\"a\":1}"})
  void whatIsNoProof_isToldInOneLine(String text) throws Exception {
    assertEquals(1, verify(text));
    assertEquals("", out.toString());
    assertEquals(1, err.toString().lines().count(), err::toString);
    assertTrue(err.toString().contains("is not a proof"), err::toString);
  }

  @Test
  void whatCannotBeRead_isToldInOneLine() {
    assertEquals(1, run("verify", directory.resolve("none.json").toString()));
    assertTrue(err.toString().startsWith("verify: there is no "), err::toString);
    assertEquals(1, run("verify", directory.toString()));
    assertEquals(2, err.toString().lines().count(), err::toString);
  }

  @Test
  void wrongUsage_isAnotherStatus() {
    assertEquals(2, run("verify"));
    assertEquals(2, run("verify", "a", "b"));
    assertEquals(2, run("verify", "a", "--commitment", "12"));
    assertEquals(2, run("verify", "a", "--entries-hash", "x".repeat(64)));
    assertEquals(2, run("verify", "a", "--weights", "platinum=3"));
    assertEquals(2, run("verify", "a", "--weights", "gold=many"));
  }

  private int verify(String proof, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("verify"));
    arguments.add(Files.writeString(directory.resolve("proof.json"), proof).toString());
    arguments.addAll(List.of(options));
    return run(arguments.toArray(String[]::new));
  }

  private int run(String... args) {
    CommandLine command = Main.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(args);
  }

  private static void manifest(Map<String, Object> proof, UnaryOperator<String> change) {
    proof.put("manifest", change.apply((String) proof.get("manifest")));
  }

  /** Whoever changes the manifest of a file can change its hash as well. */
  private static void rehashed(Map<String, Object> proof, UnaryOperator<String> change) {
    manifest(proof, change);
    proof.put("entriesHash", hex(sha256(bytes((String) proof.get("manifest")))));
  }

  private static String weightOf(String manifest, String viewer, int weight) {
    return manifest.replaceFirst(viewer + "\t\\d+", viewer + "\t" + weight);
  }

  private static int heavier(String manifest, String viewer) {
    return manifest.contains(viewer + "\t10\n") ? 1 : 10;
  }

  private static String lastLine(String manifest) {
    return manifest.substring(manifest.lastIndexOf('\n', manifest.length() - 2) + 1);
  }

  @SuppressWarnings("unchecked")
  private static List<Object> winners(Map<String, Object> proof) {
    return (List<Object>) proof.get("winners");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> winner(Map<String, Object> proof, int nth) {
    return (Map<String, Object>) winners(proof).get(nth - 1);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> prize(Map<String, Object> proof, int nth) {
    return ((List<Map<String, Object>>) proof.get("prizes")).get(nth - 1);
  }

  // A draw of our own, slow and plain

  private static final List<Integer> WEIGHTS = List.of(1, 2, 3, 10);

  private static TreeMap<String, Integer> entries(int count) {
    TreeMap<String, Integer> entries = new TreeMap<>();
    Random random = new Random(count);
    for (int i = 0; i < count; i++) {
      entries.put("v%05d".formatted(i), WEIGHTS.get(random.nextInt(WEIGHTS.size())));
    }
    return entries;
  }

  private static List<Map<String, Object>> prizes(Object... namesAndCounts) {
    List<Map<String, Object>> prizes = new ArrayList<>();
    for (int i = 0; i < namesAndCounts.length; i += 2) {
      Map<String, Object> prize = new LinkedHashMap<>();
      prize.put("name", namesAndCounts[i]);
      prize.put("count", namesAndCounts[i + 1]);
      prizes.add(prize);
    }
    return prizes;
  }

  private static Map<String, Object> proof(
      String lottery, TreeMap<String, Integer> entries, List<Map<String, Object>> prizes)
      throws Exception {
    byte[] seed = sha256(bytes("a seed for " + lottery));
    StringBuilder manifest = new StringBuilder(lottery + "\n");
    entries.forEach((viewer, weight) -> manifest.append(viewer + "\t" + weight + "\n"));
    byte[] manifestHash = sha256(bytes(manifest.toString()));

    List<Map<String, Object>> winners = new ArrayList<>();
    Map<String, Integer> in = new LinkedHashMap<>(entries);
    BigInteger range = BigInteger.TWO.pow(64);
    int word = 0;
    for (Map<String, Object> prize : prizes) {
      for (int i = 0; i < (Integer) prize.get("count") && !in.isEmpty(); i++) {
        BigInteger total = BigInteger.valueOf(in.values().stream().mapToLong(w -> w).sum());
        BigInteger limit = range.subtract(range.mod(total));
        BigInteger drawn;
        do {
          drawn = word(seed, manifestHash, word++);
        } while (drawn.compareTo(limit) >= 0);
        long left = drawn.mod(total).longValueExact();
        String winner = null;
        for (Map.Entry<String, Integer> entry : in.entrySet()) {
          left -= entry.getValue();
          if (left < 0) {
            winner = entry.getKey();
            break;
          }
        }
        in.remove(winner);
        Map<String, Object> won = new LinkedHashMap<>();
        won.put("viewer", winner);
        won.put("name", "Name of " + winner);
        won.put("prize", prize.get("name"));
        winners.add(won);
      }
    }

    Map<String, Object> proof = new LinkedHashMap<>();
    proof.put("lottery", lottery);
    proof.put("commitment", hex(sha256(seed)));
    proof.put("seed", hex(seed));
    proof.put("manifest", manifest.toString());
    proof.put("entriesHash", hex(manifestHash));
    proof.put("prizes", prizes);
    proof.put(
        "weights",
        new LinkedHashMap<>(Map.of("regular", 1, "silver", 2, "gold", 3, "diamond", 10)));
    proof.put("winners", winners);
    return proof;
  }

  /** The nth random number, computed alone. */
  private static BigInteger word(byte[] seed, byte[] manifestHash, int nth) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(seed, "HmacSHA256"));
    int counter = nth / 4;
    byte[] message = Arrays.copyOf(manifestHash, 36);
    for (int i = 0; i < 4; i++) {
      message[32 + i] = (byte) (counter >> (24 - 8 * i));
    }
    byte[] block = mac.doFinal(message);
    return new BigInteger(1, Arrays.copyOfRange(block, nth % 4 * 8, nth % 4 * 8 + 8));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
