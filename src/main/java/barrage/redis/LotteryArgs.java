package barrage.redis;

import static barrage.redis.EntryArgs.flag;
import static barrage.redis.EntryArgs.number;
import static barrage.redis.EntryArgs.text;
import static java.nio.charset.StandardCharsets.UTF_8;

import barrage.core.Draw;
import barrage.core.Entry;
import barrage.core.Raffle;
import barrage.core.Tier;
import barrage.wire.Messages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Entries about lotteries, as activity/lottery/lotteries.lua takes them. */
final class LotteryArgs {
  private static final JsonMapper JSON = JsonMapper.shared();

  private LotteryArgs() {}

  /** Whether it was one of them. */
  static boolean add(EntryArgs call, Keys keys, Entry entry) {
    if (entry instanceof Entry.EnterLottery enter) {
      call.once(enter.key(), "enter", enter.lottery());
      call.entry(
          "enter",
          text(enter.lottery()),
          call.viewer(enter.viewer().id()),
          flag(enter.viewer().role().isStaff()));
    } else if (entry instanceof Entry.OpenLottery open) {
      byte[] raffle = Messages.object(json -> describe(json, open.raffle()));
      call.once(open.key(), "openLottery", new String(raffle, UTF_8), open.raffle().durationMs());
      open(call, open);
    } else if (entry instanceof Entry.LockLottery lock) {
      call.entry("lock", text(lock.lottery()), call.key(keys.tickets(lock.lottery())));
    } else if (entry instanceof Entry.DrawLottery draw) {
      call.once(draw.key(), "drawLottery", draw.lottery());
      call.entry("draw", text(draw.lottery()), call.key(keys.tickets(draw.lottery())));
    } else if (entry instanceof Entry.AnnounceEntries announce) {
      call.entry(
          "announce",
          text(announce.lottery()),
          number(announce.entries()),
          text(announce.entriesHash()));
    } else if (entry instanceof Entry.RecordDraw draw) {
      call.entry("record", text(draw.lottery()), winners(draw.winners()));
    } else if (entry instanceof Entry.CancelLottery cancel) {
      call.once(cancel.key(), "cancelLottery", cancel.lottery());
      call.entry(
          "cancel_lottery", text(cancel.lottery()), call.key(keys.tickets(cancel.lottery())));
    } else if (entry instanceof Entry.TellCancelled told) {
      call.entry("tell_cancelled", text(told.lottery()));
    } else if (entry instanceof Entry.ReturnCost back) {
      call.entry(
          "return_cost",
          text(back.lottery()),
          call.key(keys.tickets(back.lottery())),
          call.viewer(back.viewer()));
    } else if (entry instanceof Entry.PassOver pass) {
      call.entry("pass_over", text(pass.due()));
    } else {
      return false;
    }
    return true;
  }

  private static void open(EntryArgs call, Entry.OpenLottery open) {
    Raffle raffle = open.raffle();
    List<byte[]> args = new ArrayList<>();
    args.add(text(open.lottery()));
    args.add(head(open));
    args.add(text(raffle.entry().wire()));
    args.add(text(open.seed()));
    args.add(number(raffle.durationMs()));
    args.add(number(raffle.minLikes()));
    args.add(number(raffle.conditions().minTier().rank()));
    args.add(number(raffle.conditions().minPoints()));
    args.add(number(raffle.conditions().costPoints()));
    for (int weight : raffle.weights()) {
      args.add(number(weight));
    }
    call.entry("open_lottery", args.toArray(byte[][]::new));
  }

  /** The beginning of its JSON: what the store's clock has no part in. */
  private static byte[] head(Entry.OpenLottery open) {
    byte[] whole =
        Messages.object(
            json -> {
              json.writeStringProperty("id", open.lottery());
              describe(json, open.raffle());
              json.writeStringProperty("commitment", open.commitment());
            });
    return Arrays.copyOf(whole, whole.length - 1);
  }

  private static void describe(JsonGenerator json, Raffle raffle) {
    json.writeStringProperty("title", raffle.title());
    json.writeArrayPropertyStart("prizes");
    for (Draw.Prize prize : raffle.prizes()) {
      json.writeStartObject();
      json.writeStringProperty("name", prize.name());
      json.writeNumberProperty("count", prize.count());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeStringProperty("entry", raffle.entry().wire());
    if (raffle.entry() == Raffle.Entry.KEYWORD) {
      json.writeStringProperty("keyword", raffle.keyword());
    } else if (raffle.entry() == Raffle.Entry.LIKES) {
      json.writeNumberProperty("minLikes", raffle.minLikes());
    }
    Raffle.Conditions conditions = raffle.conditions();
    json.writeObjectPropertyStart("conditions");
    json.writeStringProperty("minTier", conditions.minTier().wire());
    json.writeNumberProperty("minPoints", conditions.minPoints());
    json.writeNumberProperty("costPoints", conditions.costPoints());
    json.writeEndObject();
    json.writeObjectPropertyStart("weights");
    for (Tier tier : Tier.values()) {
      json.writeNumberProperty(tier.wire(), raffle.weights().get(tier.rank()));
    }
    json.writeEndObject();
  }

  private static byte[] winners(List<Draw.Winner> winners) {
    ArrayNode all = JSON.createArrayNode();
    for (Draw.Winner winner : winners) {
      all.addArray().add(winner.viewer().value()).add(winner.prize());
    }
    return JSON.writeValueAsBytes(all);
  }
}
