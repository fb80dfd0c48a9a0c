package barrage.room;

import barrage.activity.Activities;
import barrage.activity.Activity;
import barrage.activity.Book;
import barrage.activity.Notice;
import barrage.activity.Thing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a room knows of the things of all its activities. What is said of a kind that this node does
 * not carry is passed over: a later release may.
 *
 * <p>Confined to its room's loop.
 */
final class Books {
  private final Map<String, Book> byKind = new LinkedHashMap<>();

  Books(Activities activities) {
    for (Activity activity : activities.all()) {
      byKind.put(activity.kind(), activity.newBook());
    }
  }

  /** Begins anew: these are open, scheduled or just over. */
  void openAt(List<Thing> things) {
    Map<String, List<Thing>> sorted = new LinkedHashMap<>();
    byKind.keySet().forEach(kind -> sorted.put(kind, new ArrayList<>()));
    for (Thing thing : things) {
      List<Thing> ofKind = sorted.get(thing.kind());
      if (ofKind != null) {
        ofKind.add(thing);
      }
    }
    byKind.forEach((kind, book) -> book.openAt(sorted.getOrDefault(kind, List.of())));
  }

  /** What a commit says. */
  void on(Notice notice) {
    Book book = byKind.get(notice.kind());
    if (book != null) {
      book.on(notice);
    }
  }

  /** Commits may have been missed. */
  void onDoubt() {
    byKind.values().forEach(Book::onDoubt);
  }

  /** All that is open, scheduled or just over. */
  List<Thing> active() {
    List<Thing> active = new ArrayList<>();
    byKind.values().forEach(book -> active.addAll(book.active()));
    return active;
  }

  /** Kinds that have any of it. */
  Set<String> kinds() {
    Set<String> kinds = new HashSet<>();
    byKind.forEach(
        (kind, book) -> {
          if (!book.isEmpty()) {
            kinds.add(kind);
          }
        });
    return kinds;
  }

  /** The book of a kind that the node carries. */
  Book of(String kind) {
    Book book = byKind.get(kind);
    if (book == null) {
      throw new IllegalArgumentException("no activity " + kind);
    }
    return book;
  }
}
