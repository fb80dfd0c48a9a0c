package barrage;

import barrage.activity.ProofKind;
import barrage.core.Draw;
import barrage.core.Proof;
import barrage.core.Tier;
import barrage.wire.ProofReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;

/** {@code verify}: draws, splits or counts again from a proof, without a server. */
@Command(
    name = "verify",
    description = {
      "Checks a proof, without a server: the draw of a lottery, or what another activity drew, split"
          + " or counted.",
      "A proof alone cannot tell when it was made: also give what was noted before."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:The draw was right.",
      "1:It was not, or is not the one that was noted, or the file is no proof;"
          + " standard error says why.",
      "2:Wrong usage."
    })
final class VerifyCommand implements Callable<Integer> {
  private static final int WRONG = 1;

  @Parameters(
      paramLabel = "FILE",
      description = "What GET …/{id}/proof answered; - for standard input.")
  private Path file = Path.of("");

  @Option(
      names = "--commitment",
      paramLabel = "HEX",
      converter = Sha256Converter.class,
      description = "The commitment noted at the opening.")
  private @Nullable String commitment;

  @Option(
      names = "--entries-hash",
      paramLabel = "HEX",
      converter = Sha256Converter.class,
      description = "The hash of the entries noted at the lock, or of the receipts at the close.")
  private @Nullable String entriesHash;

  @Option(
      names = "--weights",
      paramLabel = "TIER=N",
      split = ",",
      converter = {TierConverter.class, Integer32Converter.class},
      description = "The weights noted when the lottery opened; a tier not named: 1.")
  private Map<Tier, Integer> weights = Map.of();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    JsonNode json;
    Proof proof;
    try (InputStream in = file.toString().equals("-") ? System.in : Files.newInputStream(file)) {
      json = ProofReader.json(in);
      Optional<ProofKind> kind = Kinds.ALL.proofOf(json);
      if (kind.isPresent()) {
        return verify(kind.get(), json);
      }
      proof = ProofReader.read(json);
    } catch (ProofReader.MalformedException e) {
      return refuse(file + " is not a proof: " + e.getMessage());
    } catch (NoSuchFileException e) {
      return refuse("there is no " + file);
    } catch (IOException e) {
      return refuse(file + " cannot be read: " + e.getMessage());
    }
    Optional<String> fault = proof.check();
    if (fault.isPresent()) {
      return refuse("the draw of " + proof.lottery() + " does not hold: " + fault.get());
    }
    Optional<String> difference =
        proof.differenceTo(
            new Proof.Noted(commitment, entriesHash, weights.isEmpty() ? null : weights));
    if (difference.isPresent()) {
      return refuse("this is not the draw that was announced: " + difference.get());
    }
    report(proof);
    return 0;
  }

  private int verify(ProofKind kind, JsonNode proof) {
    Map<String, String> noted = new HashMap<>();
    if (commitment != null) {
      noted.put("commitment", commitment);
    }
    if (entriesHash != null) {
      noted.put("entries-hash", entriesHash);
    }
    ProofKind.Verdict verdict = kind.check(proof, noted);
    if (verdict.fault().isPresent()) {
      return refuse("the proof does not hold: " + verdict.fault().get());
    }
    PrintWriter out = spec().commandLine().getOut();
    verdict.report().forEach(line -> out.println(Printable.of(line)));
    out.println("The proof holds.");
    out.flush();
    return 0;
  }

  private void report(Proof proof) {
    PrintWriter out = spec().commandLine().getOut();
    List<Draw.Ticket> tickets = proof.tickets();
    out.println("lottery      " + proof.lottery());
    out.println("commitment   " + proof.commitment() + " is of the seed" + noted(commitment));
    out.println("entries hash " + proof.entriesHash() + " is of the manifest" + noted(entriesHash));
    out.printf(
        Locale.ROOT,
        "entries      %,d, total weight %,d%n",
        tickets.size(),
        tickets.stream().mapToLong(Draw.Ticket::weight).sum());
    List<Draw.Winner> winners = proof.winners();
    for (int i = 0; i < winners.size(); i++) {
      Draw.Winner winner = winners.get(i);
      out.printf("winner %-5d %s: %s%n", i + 1, winner.viewer(), Printable.of(winner.prize()));
    }
    out.println("The draw was right.");
    out.flush();
  }

  private static String noted(@Nullable Object noted) {
    return noted == null ? "" : ", as noted";
  }

  private int refuse(String why) {
    spec().commandLine().getErr().println("verify: " + Printable.of(why));
    return WRONG;
  }

  static final class Sha256Converter implements ITypeConverter<String> {
    @Override
    public String convert(String value) {
      String hex = value.strip().toLowerCase(Locale.ROOT);
      if (!hex.matches("[0-9a-f]{64}")) {
        throw new TypeConversionException("not a SHA-256 in hex");
      }
      return hex;
    }
  }

  static final class TierConverter implements ITypeConverter<Tier> {
    @Override
    public Tier convert(String value) {
      return Tier.fromWire(value)
          .orElseThrow(() -> new TypeConversionException(value + " is no tier"));
    }
  }

  static final class Integer32Converter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return Integer.valueOf(value);
    }
  }

  private CommandSpec spec() {
    return Objects.requireNonNull(spec, "run by picocli");
  }
}
