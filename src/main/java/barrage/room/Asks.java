package barrage.room;

import barrage.activity.Activities;
import barrage.activity.Book;
import barrage.activity.StoreEntry;
import barrage.core.Action;
import barrage.core.Outcome;
import barrage.core.Pseudonyms;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.RequestKey;
import barrage.core.RoomId;
import barrage.core.Tier;
import barrage.rules.RuleBook;
import barrage.wire.Messages;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What viewers ask of activities. What the room knows may refuse it; the store alone grants it.
 *
 * <p>Confined to its room's loop.
 */
final class Asks {
  private final RoomId id;
  private final Store store;
  private final RoomLoop loop;
  private final Activities activities;
  private final Books books;
  private final Feed feed;
  private final Outbox outbox;
  private final Supplier<RuleBook> rules;
  private final RoomMeters meters;
  private final Pseudonyms names;
  private final Certainty certainty;

  Asks(
      RoomId id,
      RoomLoop loop,
      Surroundings around,
      Books books,
      Feed feed,
      Outbox outbox,
      RoomMeters meters) {
    this.id = id;
    this.store = around.store();
    this.loop = loop;
    this.activities = around.activities();
    this.books = books;
    this.feed = feed;
    this.outbox = outbox;
    this.rules = around.rules();
    this.meters = meters;
    this.names = new Pseudonyms(around.secret(), id);
    this.certainty = new Certainty(id, store, loop, feed);
  }

  /** A request that the rules let pass. */
  void ask(Seat seat, Attendant attendant, Action.Ask ask, int rank) {
    if (feed.isCurrent() && refusal(seat, attendant, ask) != null) {
      certainty.await(certain -> askUnlessRefused(seat, attendant, ask, rank, certain));
    } else {
      offer(seat, attendant, ask, rank);
    }
  }

  private void askUnlessRefused(
      Seat seat, Attendant attendant, Action.Ask ask, int rank, boolean certain) {
    Refusal refusal = certain ? refusal(seat, attendant, ask) : null;
    if (refusal == null) {
      offer(seat, attendant, ask, rank);
    } else {
      giveBack(attendant, ask, refusal.reason());
      seat.refuse(meters, ask.id(), refusal);
    }
  }

  /** As far as the room remembers. */
  private @Nullable Refusal refusal(Seat seat, Attendant attendant, Action.Ask ask) {
    Tier tier = attendant.member.standing(rules.get().terms()).tier();
    return book(ask).refuse(seat.viewer(), tier, ask.request(), store.nowMs());
  }

  private Book book(Action.Ask ask) {
    return books.of(activities.kindOf(ask.kind()));
  }

  private void offer(Seat seat, Attendant attendant, Action.Ask ask, int rank) {
    outbox.add(
        ask.request().entry(new RequestKey(attendant.id, ask.id()), seat.viewer(), names),
        rank,
        (outcome, fate, revision) -> {
          if (outcome instanceof Outcome.Refused refused && fate == Outbox.Fate.DECIDED) {
            giveBack(attendant, ask, refused.refusal().reason());
            learn(book(ask), ask.request(), refused.refusal().reason());
          }
          if (outcome instanceof Outcome.Told told) {
            seat.answer(Messages.told(ask.id(), told.json()));
          } else {
            seat.refuse(meters, ask.id(), outcome);
          }
        });
  }

  /** Who came too early loses no token. */
  private void giveBack(Attendant attendant, Action.Ask ask, Reason reason) {
    if (reason == Reason.NOT_OPEN) {
      attendant.member.keep(rules.get().giveBack(ask.kind(), attendant.member.recent()));
    }
  }

  private void learn(Book book, Action.Request refused, Reason reason) {
    StoreEntry question = book.question(refused, reason);
    if (question != null) {
      store
          .ask(id, question)
          .whenComplete(
              (answer, failure) ->
                  loop.execute(() -> book.onAnswer(question, failure == null ? answer : null)));
    }
  }
}
