package barrage.config;

/** A mistake in what was configured. Its message is one line that says where it stands. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param where {@code file:line}, {@code --set} or a variable's name
   */
  public ConfigException(String where, String message) {
    super(where + ": " + message.lines().findFirst().orElse("not readable"));
  }
}
