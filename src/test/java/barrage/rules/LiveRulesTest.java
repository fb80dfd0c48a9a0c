package barrage.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.config.ConfigException;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Rules that follow their files. */
final class LiveRulesTest {
  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(LiveRules.class);

  @TempDir private Path directory;
  private Path file;
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void listen() {
    file = directory.resolve("rules.yaml");
    logged.start();
    LOGGER.addAppender(logged);
  }

  @AfterEach
  void deaf() {
    LOGGER.detachAppender(logged);
  }

  /** A change is read at the second look, when it has been still since the first. */
  private static void look(LiveRules rules) {
    rules.reloadIfChanged();
    rules.reloadIfChanged();
  }

  private LiveRules open(String yaml) throws IOException {
    Files.writeString(file, yaml);
    return LiveRules.open(file, true);
  }

  @Test
  void noFile_isAsShippedUntilThereIsOne() throws IOException {
    LiveRules rules = LiveRules.open(file, true);
    assertEquals(10_000, rules.get().terms().historyEvents());
    look(rules);
    Files.writeString(file, "history: {events: 2000}\n");
    look(rules);
    assertEquals(2_000, rules.get().terms().historyEvents());
  }

  @Test
  void faultyFile_atTheStart_isRefused() {
    ConfigException e = assertThrows(ConfigException.class, () -> open("\nhistory: 1\n"));
    assertTrue(e.getMessage().startsWith(file + ":2: "), e.getMessage());
  }

  @Test
  void unchangedFile_isNotReadAgain() throws IOException {
    LiveRules rules = open("history: {events: 2000}\n");
    RuleBook before = rules.get();
    look(rules);
    assertSame(before, rules.get());
  }

  @Test
  void faultyFile_isLoggedOnceAndChangesNothing() throws IOException {
    LiveRules rules = open("history: {events: 2000}\n");
    RuleBook before = rules.get();
    Files.writeString(file, "history: {events: 2000}\npoints: {}\nhystery: 1\n");
    look(rules);
    look(rules);
    assertSame(before, rules.get());
    assertEquals(1, logged.list.size());
    assertEquals(Level.ERROR, logged.list.get(0).getLevel());
    assertTrue(logged.list.get(0).getFormattedMessage().contains(file + ":3: hystery"));

    Files.writeString(file, "history: {events: 3000}\n");
    look(rules);
    assertEquals(3_000, rules.get().terms().historyEvents());
  }

  @Test
  void deletedFile_changesNothing() throws IOException {
    LiveRules rules = open("history: {events: 2000}\n");
    RuleBook before = rules.get();
    Files.delete(file);
    look(rules);
    look(rules);
    assertSame(before, rules.get());
    assertEquals(1, logged.list.size());
  }

  @Test
  void changedList_isTakenOver() throws IOException {
    Path words = directory.resolve("words.txt");
    Files.writeString(words, "番茄\n");
    LiveRules rules = open("pipeline: [text: {forbidden-words: words.txt}]\n");
    RuleBook before = rules.get();
    Files.writeString(words, "番茄\n西红柿\n");
    look(rules);
    assertNotSame(before, rules.get());
  }

  @Test
  void listThatVanishes_changesNothingUntilItIsBack() throws IOException {
    Path words = directory.resolve("words.txt");
    Files.writeString(words, "番茄\n");
    LiveRules rules = open("pipeline: [text: {forbidden-words: words.txt}]\n");
    RuleBook before = rules.get();
    Files.delete(words);
    look(rules);
    assertSame(before, rules.get());
    Files.writeString(words, "西红柿\n");
    look(rules);
    assertNotSame(before, rules.get());
  }

  @Test
  void fileThatIsStillBeingWritten_isLeftAlone() throws IOException {
    LiveRules rules = open("history: {events: 2000}\n");
    Files.writeString(file, "");
    rules.reloadIfChanged();
    assertEquals(2_000, rules.get().terms().historyEvents());
    Files.writeString(file, "history: {events: 3000}\n\n");
    rules.reloadIfChanged();
    assertEquals(2_000, rules.get().terms().historyEvents());
    rules.reloadIfChanged();
    assertEquals(3_000, rules.get().terms().historyEvents());
  }
}
