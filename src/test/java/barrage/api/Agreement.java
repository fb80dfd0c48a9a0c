package barrage.api;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.opentest4j.AssertionFailedError;

/** Two lists of names that have to be the same one. */
public final class Agreement {
  private Agreement() {}

  /**
   * Fails with the names that are in one of the two alone.
   *
   * @param inCode what the code has
   * @param published what a document says
   */
  public static void assertAgree(Collection<String> inCode, Collection<String> published) {
    Set<String> codeAlone = without(inCode, published);
    Set<String> publishedAlone = without(published, inCode);
    if (!codeAlone.isEmpty() || !publishedAlone.isEmpty()) {
      throw new AssertionFailedError(
          "in the code alone: " + codeAlone + ", in the document alone: " + publishedAlone,
          new TreeSet<>(inCode),
          new TreeSet<>(published));
    }
  }

  private static Set<String> without(Collection<String> all, Collection<String> some) {
    Set<String> rest = new TreeSet<>(all);
    rest.removeAll(some);
    return rest;
  }
}
