package barrage;

import barrage.config.ConfigException;
import barrage.load.LoadCommand;
import barrage.load.ReplayCommand;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

/**
 * The command line. Exits with 0 when what was asked for was done, 1 when it failed, 2 when it was
 * asked for wrongly: an unknown option, a mistake in the configuration.
 */
@Command(
    name = "java -jar barrage.jar",
    description = "A real-time interaction server for livestreams. Without a command, it serves.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      Serve.class,
      LoadCommand.class,
      ReplayCommand.class,
      VerifyCommand.class,
      AuditCommand.class,
      TokenCommand.class,
      CheckCommand.class,
      HelpCommand.class
    })
public final class Main implements Callable<Integer> {
  @Mixin private final Serve serve = new Serve();

  /** Runs the command line. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main(), new Commands())
        .setParameterExceptionHandler(Main::complain)
        .setExecutionExceptionHandler(Main::fail);
  }

  @Override
  public Integer call() throws Exception {
    return serve.call();
  }

  /** One line, not the whole usage. */
  private static int complain(CommandLine.ParameterException wrong, String[] args) {
    CommandLine command = wrong.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println(oneLine(wrong) + "; see '" + name + " --help'");
    return CommandLine.ExitCode.USAGE;
  }

  private static int fail(Exception fault, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (fault instanceof ConfigException) {
      err.println(fault.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    if (fault instanceof StartException) {
      err.println(fault.getMessage());
    } else {
      fault.printStackTrace(err);
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static String oneLine(Exception e) {
    return Objects.requireNonNullElse(e.getMessage(), e.toString()).replaceAll("\\s*\\R\\s*", " ");
  }

  /** Makes the commands; some are told which kinds of interaction there are. */
  private static final class Commands implements CommandLine.IFactory {
    private final CommandLine.IFactory others = CommandLine.defaultFactory();

    @Override
    public <K> K create(Class<K> type) throws Exception {
      return type == LoadCommand.class
          ? type.cast(new LoadCommand(Kinds.ALL))
          : others.create(type);
    }
  }

  /** From the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"barrage " + Objects.requireNonNullElse(version, "(not packaged)")};
    }
  }
}
