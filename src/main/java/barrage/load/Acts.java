package barrage.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a scenario asks for, and the books that are kept of it. */
final class Acts {
  private final DanmakuLedger ledger;
  private final Optional<SaleBooks> sale;
  private final Optional<LotteryAct> lottery;
  private final Optional<ActivityAct> show;
  private final List<Act> all = new ArrayList<>();

  Acts(Stage stage, DanmakuLedger ledger) {
    this.ledger = ledger;
    Scenario scenario = stage.scenario();
    all.add(new TalkAct(stage, ledger));
    all.add(new LikesAct(stage));
    scenario.storm().ifPresent(storm -> all.add(new StormAct(stage, storm)));
    sale = scenario.sale().map(offer -> new SaleBooks(offer.stock(), offer.perViewer()));
    sale.ifPresent(books -> all.add(new SaleAct(stage, scenario.sale().orElseThrow(), books)));
    lottery = scenario.lottery().map(raffle -> new LotteryAct(stage, raffle));
    lottery.ifPresent(all::add);
    show = scenario.show().map(asked -> new ActivityAct(stage, asked));
    show.ifPresent(all::add);
  }

  List<Act> all() {
    return all;
  }

  DanmakuLedger ledger() {
    return ledger;
  }

  Optional<SaleBooks> sale() {
    return sale;
  }

  Optional<ActivityAct> show() {
    return show;
  }

  Optional<RaffleBooks> lottery() {
    return lottery.flatMap(act -> Optional.ofNullable(act.books()));
  }
}
