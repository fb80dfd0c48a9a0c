package barrage;

import barrage.config.ConfigException;
import barrage.rules.LiveRules;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code check}: reads settings and rules as {@code serve} would, and starts nothing. */
@Command(
    name = "check",
    description = "Checks settings and rules, and starts nothing.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:A server could start with them.",
      "2:There is a mistake; standard error says where: file and line, variable or --set."
    })
final class CheckCommand implements Callable<Integer> {
  @Mixin private final SettingsOptions options = new SettingsOptions();

  @Spec private @Nullable CommandSpec spec;

  /**
   * @throws ConfigException for a mistake in any of them
   */
  @Override
  public Integer call() {
    Settings settings = options.read();
    var unused = LiveRules.open(settings.rulesFile(), settings.limits().enabled());
    var out = Objects.requireNonNull(spec, "run by picocli").commandLine().getOut();
    out.println("Settings and rules are in order.");
    out.flush();
    return 0;
  }
}
