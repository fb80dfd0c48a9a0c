package barrage.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Action;
import barrage.core.Danmaku;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.Role;
import barrage.core.RoomSettings;
import barrage.core.Standing;
import barrage.core.Tier;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped pipeline, rule by rule. Pure: no clock, no file but the shipped ones. */
final class RulesTest {
  private static final RuleBook SHIPPED = RulesFile.shipped(true);
  private static final RuleBook WITHOUT_LIMITS = RulesFile.shipped(false);
  private static final RoomSettings OPEN = RoomSettings.DEFAULT;
  private static final Action BUY = new Action.Buy("b", "sale", 1);
  private static final Action ENTER = new Action.Enter("e", "lottery");
  private static final Action CANCEL = new Action.Cancel("c", "order");

  /** A viewer in a room, whose past goes on from action to action. */
  private static final class Someone {
    private RuleBook rules = SHIPPED;
    private Role role = Role.VIEWER;
    private Standing standing = Standing.NEWCOMER;
    private RoomSettings settings = OPEN;
    private Recent recent = Recent.NOTHING;
    private int ids;

    Someone with(RuleBook inForce) {
      rules = inForce;
      return this;
    }

    Someone is(Role r) {
      role = r;
      return this;
    }

    Someone is(Tier tier) {
      standing = new Standing(tier, 0, 0, standing.mutedUntilMs());
      return this;
    }

    Someone mutedUntil(long untilMs) {
      standing = new Standing(standing.tier(), 0, 0, untilMs);
      return this;
    }

    Someone in(RoomSettings s) {
      settings = s;
      return this;
    }

    Decision does(Action action, long nowMs) {
      Viewer viewer = new Viewer(new ViewerId("someone"), "小明", role);
      Decision decision =
          rules.decide(action, new Scene(viewer, standing, settings, recent, nowMs));
      recent = decision.recent();
      return decision;
    }

    /** The token of an action, which was allowed in vain. */
    void getsBack(Action action, long nowMs) {
      recent = rules.giveBack(action.kind(), recent.asOf(nowMs));
    }

    Decision says(String id, String text, long nowMs) {
      return does(new Action.Say(id, new Danmaku(text, Danmaku.Mode.SCROLL, 0)), nowMs);
    }

    /** Under a new id. */
    Decision says(String text, long nowMs) {
      return says("id-" + ids++, text, nowMs);
    }

    /** Something nobody has said before. */
    Decision speaks(long nowMs) {
      return says("text " + ids, nowMs);
    }
  }

  private static void assertAllowed(Decision decision) {
    assertNull(decision.refusal());
  }

  private static void assertRefused(Reason reason, long retryAfterMs, Decision decision) {
    Refusal refusal = decision.refusal();
    assertNotNull(refusal);
    assertEquals(reason, refusal.reason());
    assertEquals(retryAfterMs, refusal.retryAfterMs());
  }

  private static @Nullable Reason reasonOf(String text) {
    Refusal refusal = new Someone().says(text, 0).refusal();
    return refusal == null ? null : refusal.reason();
  }

  @ParameterizedTest
  @EnumSource
  void role_onlyServicesMayNotSpeakOrLike(Role role) {
    Someone someone = new Someone().is(role);
    if (role == Role.SERVICE) {
      assertRefused(Reason.FORBIDDEN, 0, someone.speaks(0));
      assertRefused(Reason.FORBIDDEN, 0, someone.does(new Action.Like(), 0));
    } else {
      assertAllowed(someone.speaks(0));
      assertAllowed(someone.does(new Action.Like(), 0));
    }
  }

  @ParameterizedTest
  @EnumSource
  void role_onlyServicesMayNotBuyEnterOrCancel(Role role) {
    for (Action action : List.of(BUY, ENTER, CANCEL)) {
      Decision decision = new Someone().is(role).does(action, 0);
      if (role == Role.SERVICE) {
        assertRefused(Reason.FORBIDDEN, 0, decision);
      } else {
        assertAllowed(decision);
      }
    }
  }

  @Test
  void members_andMutes_concernSpeechAlone() {
    Someone someone =
        new Someone()
            .mutedUntil(Standing.FOREVER)
            .in(new RoomSettings(60_000, true, Tier.DIAMOND, true));
    for (Action action : List.of(BUY, BUY, ENTER, ENTER, CANCEL, CANCEL)) {
      assertAllowed(someone.does(action, 0));
    }
  }

  @Test
  void mute_isToldHowLongAndEnds() {
    Someone someone = new Someone().mutedUntil(5_000);
    assertRefused(Reason.MUTED, 5_000, someone.speaks(0));
    assertRefused(Reason.MUTED, 1, someone.speaks(4_999));
    assertAllowed(someone.speaks(5_000));
  }

  @Test
  void mute_forGood_hasNoEndToWaitFor() {
    assertRefused(
        Reason.MUTED, 0, new Someone().mutedUntil(Standing.FOREVER).speaks(Long.MAX_VALUE / 2_000));
  }

  @Test
  void mute_ofTheMuted_doesNotStopTheirLikes() {
    assertAllowed(new Someone().mutedUntil(Standing.FOREVER).does(new Action.Like(), 0));
  }

  @ParameterizedTest
  @CsvSource({"VIEWER,false", "MODERATOR,true", "STREAMER,true", "ADMIN,true"})
  void mute_silencedRoom_hearsStaffAlone(Role role, boolean heard) {
    Someone someone = new Someone().is(role).in(new RoomSettings(0, false, Tier.REGULAR, true));
    if (heard) {
      assertAllowed(someone.speaks(0));
    } else {
      assertRefused(Reason.MUTED, 0, someone.speaks(0));
    }
  }

  @Test
  void flood_threeAtOnceThenOneASecond() {
    Someone someone = new Someone();
    IntStream.range(0, 3).forEach(i -> assertAllowed(someone.speaks(1_000)));
    assertRefused(Reason.RATE_LIMITED, 1_000, someone.speaks(1_000));
    assertRefused(Reason.RATE_LIMITED, 1, someone.speaks(1_999));
    assertAllowed(someone.speaks(2_000));
    assertRefused(Reason.RATE_LIMITED, 1_000, someone.speaks(2_000));
  }

  @Test
  void flood_bucketHoldsNoMoreThanItsBurst() {
    Someone someone = new Someone();
    assertAllowed(someone.speaks(0));
    IntStream.range(0, 3).forEach(i -> assertAllowed(someone.speaks(1_000_000)));
    assertRefused(Reason.RATE_LIMITED, 1_000, someone.speaks(1_000_000));
  }

  @Test
  void flood_tokenIsGoneWhenALaterRuleRefuses() {
    Someone someone = new Someone();
    IntStream.range(0, 3).forEach(i -> assertRefused(Reason.BAD_REQUEST, 0, someone.says("", 0)));
    assertRefused(Reason.RATE_LIMITED, 1_000, someone.says("", 0));
  }

  @Test
  void flood_refusedEarlierCostsNoToken() {
    Someone someone = new Someone().mutedUntil(10);
    IntStream.range(0, 9).forEach(i -> assertRefused(Reason.MUTED, 10, someone.speaks(0)));
    IntStream.range(0, 3).forEach(i -> assertAllowed(someone.speaks(10)));
  }

  @Test
  void flood_doesNotConcernLikes() {
    Someone someone = new Someone();
    IntStream.range(0, 100).forEach(i -> assertAllowed(someone.does(new Action.Like(), 0)));
  }

  @Test
  void flood_buyAndEnter_fiveAtOnceThenTwoASecond_eachOfTheirOwn() {
    Someone someone = new Someone();
    for (Action action : List.of(BUY, ENTER)) {
      IntStream.range(0, 5).forEach(i -> assertAllowed(someone.does(action, 1_000)));
      assertRefused(Reason.RATE_LIMITED, 500, someone.does(action, 1_000));
    }
    for (Action action : List.of(BUY, ENTER)) {
      assertAllowed(someone.does(action, 1_500));
      assertRefused(Reason.RATE_LIMITED, 500, someone.does(action, 1_500));
    }
    IntStream.range(0, 100).forEach(i -> assertAllowed(someone.does(CANCEL, 1_500)));
  }

  @Test
  void flood_tokenGivenBack_isThereAgain() {
    Someone someone = new Someone();
    for (int i = 0; i < 100; i++) {
      assertAllowed(someone.does(BUY, 1_000));
      someone.getsBack(BUY, 1_000);
    }
    IntStream.range(0, 5).forEach(i -> assertAllowed(someone.does(BUY, 1_000)));
    assertRefused(Reason.RATE_LIMITED, 500, someone.does(BUY, 1_000));
    someone.getsBack(BUY, 1_000);
    assertAllowed(someone.does(BUY, 1_000));
    assertRefused(Reason.RATE_LIMITED, 500, someone.does(BUY, 1_000));
  }

  @Test
  void flood_whatIsAskedOfAnActivityInVain_getsItsTokenBack() {
    Action ask = new Action.Ask("1", new Action.Kind("kind.take"), (key, viewer, names) -> null);
    Someone someone = new Someone();
    IntStream.range(0, 5).forEach(i -> assertAllowed(someone.does(ask, 1_000)));
    assertRefused(Reason.RATE_LIMITED, 500, someone.does(ask, 1_000));
    someone.getsBack(ask, 1_000);
    assertAllowed(someone.does(ask, 1_000));
  }

  @Test
  void flood_tokensGivenBack_neverOverfillTheBucket() {
    Someone someone = new Someone();
    assertAllowed(someone.does(BUY, 0));
    IntStream.range(0, 9).forEach(i -> someone.getsBack(BUY, 0));
    IntStream.range(0, 5).forEach(i -> assertAllowed(someone.does(BUY, 0)));
    assertRefused(Reason.RATE_LIMITED, 500, someone.does(BUY, 0));
  }

  @Test
  void flood_tokenNeverTaken_isNotGivenBack() {
    Someone someone = new Someone().with(WITHOUT_LIMITS);
    assertAllowed(someone.does(BUY, 0));
    Recent before = someone.recent;
    someone.getsBack(BUY, 0);
    assertEquals(before, someone.recent);
    assertEquals(Recent.NOTHING, SHIPPED.giveBack(Action.Kind.CANCEL, Recent.NOTHING));
  }

  @Test
  void flood_overALongTime_letsPassWhatTheBucketHoldsAndRefills() {
    Someone someone = new Someone();
    long passed =
        IntStream.range(0, 600_000)
            .filter(ms -> ms % 7 == 0 && someone.speaks(ms).refusal() == null)
            .count();
    assertEquals(3 + 599, passed);
  }

  @ParameterizedTest
  @CsvSource({"REGULAR,6000", "SILVER,4000", "GOLD,2000", "DIAMOND,0"})
  void slowMode_isShorterForHigherTiers(Tier tier, long pauseMs) {
    Someone someone =
        new Someone().is(tier).in(new RoomSettings(6_000, false, Tier.REGULAR, false));
    assertAllowed(someone.speaks(0));
    if (pauseMs > 0) {
      assertRefused(Reason.SLOW_MODE, pauseMs, someone.speaks(0));
      assertRefused(Reason.SLOW_MODE, 1, someone.speaks(pauseMs - 1));
    }
    assertAllowed(someone.speaks(pauseMs));
  }

  @Test
  void slowMode_countsFromWhatWasAccepted() {
    Someone someone = new Someone().in(new RoomSettings(2_000, false, Tier.REGULAR, false));
    assertRefused(Reason.BAD_REQUEST, 0, someone.says("", 0));
    assertAllowed(someone.speaks(1));
    assertRefused(Reason.SLOW_MODE, 1_000, someone.speaks(1_001));
    assertAllowed(someone.speaks(2_001));
  }

  @Test
  void slowMode_repeatOfWhatWasAccepted_isTheStoresToAnswer() {
    Someone someone = new Someone().in(new RoomSettings(2_000, false, Tier.REGULAR, false));
    assertAllowed(someone.says("a", "hello", 0));
    assertAllowed(someone.says("a", "hello", 1_000));
    assertRefused(Reason.SLOW_MODE, 1, someone.says("a", "something else", 1_999));
    assertAllowed(someone.speaks(2_000));
  }

  @Test
  void recent_forgetsWhatWasRefused_andNothingElseSaidUnderItsId() {
    Recent said = Recent.NOTHING.withSaid("a", "granted").withSaid("a", "refused");
    assertEquals(Recent.NOTHING.withSaid("a", "granted"), said.withoutSaid("a", "refused"));
    assertEquals(said, said.withoutSaid("b", "granted"));
  }

  @Test
  void slowMode_longerThanTextsAreRemembered_holds() {
    Someone someone = new Someone().in(new RoomSettings(3_600_000, false, Tier.REGULAR, false));
    assertAllowed(someone.speaks(0));
    assertRefused(Reason.SLOW_MODE, 1, someone.speaks(3_599_999));
    assertAllowed(someone.speaks(3_600_000));
  }

  @Test
  void slowMode_exemptsStaff() {
    Someone someone =
        new Someone().is(Role.MODERATOR).in(new RoomSettings(60_000, false, Tier.REGULAR, false));
    assertAllowed(someone.speaks(0));
    assertAllowed(someone.speaks(0));
  }

  @ParameterizedTest
  @CsvSource({
    "REGULAR, true,  REGULAR, VIEWER,    MEMBERS_ONLY",
    "REGULAR, true,  GOLD,    VIEWER,    MEMBERS_ONLY",
    "SILVER,  true,  REGULAR, VIEWER,",
    "SILVER,  true,  GOLD,    VIEWER,    TIER_REQUIRED",
    "SILVER,  false, GOLD,    VIEWER,    TIER_REQUIRED",
    "GOLD,    true,  GOLD,    VIEWER,",
    "DIAMOND, true,  GOLD,    VIEWER,",
    "REGULAR, true,  DIAMOND, MODERATOR,",
    "REGULAR, true,  DIAMOND, STREAMER,",
  })
  void members_andTheLowestTier(
      Tier tier, boolean membersOnly, Tier minTier, Role role, @Nullable Reason refused) {
    Decision decision =
        new Someone()
            .is(tier)
            .is(role)
            .in(new RoomSettings(0, membersOnly, minTier, false))
            .speaks(0);
    if (refused == null) {
      assertAllowed(decision);
    } else {
      assertRefused(refused, 0, decision);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"好", " 主播好 ", "hello, world!", "café ☕", "👨‍👩‍👧‍👦", "שלום", "1.5 倍"})
  void text_ofAllKinds_isAllowed(String text) {
    assertNull(reasonOf(text));
  }

  @Test
  void text_lengthIsCodePointsAfterTrimming() {
    assertNull(reasonOf("😀".repeat(100)));
    assertNull(reasonOf("\u3000 " + "弹".repeat(100) + " \u200b"));
    assertEquals(Reason.BAD_REQUEST, reasonOf("弹".repeat(101)));
    Refusal refusal = new Someone().says("弹".repeat(101), 0).refusal();
    assertNotNull(refusal);
    assertEquals("text must be 1 to 100 characters", refusal.message());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\u3000",
        "\u00a0",
        "\u200b\u200b",
        "a\nb",
        "a\tb",
        "\u0000",
        "\u0085",
        "\u007f",
        "a\u2028b",
        "a\u202eb",
        "a\u2066b",
        "\ud800",
        "\udc00a"
      })
  void text_emptyOrWithControlCharacters_isMalformed(String text) {
    assertEquals(Reason.BAD_REQUEST, reasonOf(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "刷单返利",
        "来 刷单返利 吧",
        "刷 单 返 利",
        "刷*单.返。利",
        "刷\u200b单\u3000返-利",
        "刷😀单_返|利",
        "Free Gift Card",
        "ｆｒｅｅ　ＧＩＦＴ　ｃａｒｄ",
        "f.r.e.e g-i-f-t c a r d",
        "F̶r̶e̶e̶ gift card"
      })
  void text_forbiddenWords_inWhateverSpelling_areBlocked(String text) {
    assertEquals(Reason.BLOCKED_TEXT, reasonOf(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "看 http://example.org/x",
        "HTTPS://EXAMPLE.ORG",
        "ｈｔｔｐ：／／example",
        "www.example",
        "买买买taobao.com",
        "abc。com",
        "t.me/abc",
        "电话13800138000",
        "138-0013-8000",
        "138 0013 8000",
        "１３８００１３８０００",
        "12345678901",
        "a12345678901b"
      })
  void text_linksAndPhoneNumbers_areBlocked(String text) {
    assertEquals(Reason.BLOCKED_TEXT, reasonOf(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "123456789012",
        "1234567890",
        "2026.11.21",
        "3.14",
        "6.6.6",
        "wow...nice",
        "他说 12 345 67 89 01"
      })
  void text_otherNumbersAndDots_areNotAds(String text) {
    assertNull(reasonOf(text));
  }

  @Test
  void text_ofAnyKind_neverThrows() {
    Random random = new Random(20261121);
    for (int i = 0; i < 20_000; i++) {
      int[] points =
          random.ints(random.nextInt(120), 0, random.nextBoolean() ? 0x250 : 0x110000).toArray();
      String text = new String(points, 0, points.length);
      new Someone().says(text, random.nextLong(1L << 41));
    }
  }

  @Test
  void duplicate_sameTextUnderAnotherId_isRefusedForAWhile() {
    Someone someone = new Someone();
    assertAllowed(someone.says("a", "666", 0));
    assertRefused(Reason.DUPLICATE_TEXT, 9_000, someone.says("b", "666", 1_000));
    assertRefused(Reason.DUPLICATE_TEXT, 1, someone.says("c", "666", 9_999));
    assertAllowed(someone.says("d", "666", 10_000));
  }

  @Test
  void duplicate_sameId_isARepeatAndAllowed() {
    Someone someone = new Someone();
    assertAllowed(someone.says("a", "666", 0));
    assertAllowed(someone.says("a", "666", 1_000));
    assertRefused(Reason.DUPLICATE_TEXT, 8_000, someone.says("b", "666", 2_000));
  }

  @Test
  void duplicate_ofWhatWasRefused_isNone() {
    Someone someone = new Someone().in(new RoomSettings(0, true, Tier.REGULAR, false));
    assertRefused(Reason.MEMBERS_ONLY, 0, someone.says("666", 0));
    assertAllowed(someone.in(OPEN).says("666", 1));
  }

  @Test
  void duplicate_isFoundBehindAllThatTheFloodRuleLetsPass() {
    Someone someone = new Someone();
    assertAllowed(someone.says("first", 0));
    assertAllowed(someone.speaks(0));
    assertAllowed(someone.speaks(0));
    IntStream.range(1, 9).forEach(s -> assertAllowed(someone.speaks(s * 1_000)));
    assertRefused(Reason.DUPLICATE_TEXT, 1_000, someone.says("first", 9_000));
  }

  @Test
  void duplicate_exemptsStaff() {
    Someone someone = new Someone().is(Role.STREAMER);
    assertAllowed(someone.says("666", 0));
    assertAllowed(someone.says("666", 1));
  }

  @ParameterizedTest
  @EnumSource
  void priority_isTheRankOfTheTier(Tier tier) {
    assertEquals(tier.rank(), new Someone().is(tier).speaks(0).priority());
  }

  @Test
  void order_theFirstThatRefusesSpeaks() {
    Someone someone = new Someone().is(Role.SERVICE).mutedUntil(Standing.FOREVER);
    assertRefused(Reason.FORBIDDEN, 0, someone.says("", 0));
    assertRefused(Reason.MUTED, 0, someone.is(Role.VIEWER).says("", 0));
    assertRefused(Reason.BAD_REQUEST, 0, someone.mutedUntil(0).says("", 0));
  }

  @Test
  void limitsOff_floodSlowModeAndDuplicatesDoNotHold() {
    Someone someone =
        new Someone().with(WITHOUT_LIMITS).in(new RoomSettings(60_000, false, Tier.REGULAR, false));
    IntStream.range(0, 100).forEach(i -> assertAllowed(someone.says("666", 0)));
    assertRefused(Reason.BLOCKED_TEXT, 0, someone.says("刷单返利", 0));
    assertTrue(SHIPPED.limits().enabled());
    assertEquals(false, WITHOUT_LIMITS.limits().enabled());
  }

  @Test
  void clockThatGoesBack_leavesEveryWaitAsItWas() {
    Someone someone = new Someone().in(new RoomSettings(2_000, false, Tier.REGULAR, false));
    long hour = 3_600_000;
    assertAllowed(someone.says("666", hour));
    assertRefused(Reason.SLOW_MODE, 2_000, someone.speaks(0));
    assertRefused(Reason.SLOW_MODE, 500, someone.speaks(1_500));
    assertRefused(Reason.DUPLICATE_TEXT, 7_500, someone.says("666", 2_500));
    assertAllowed(someone.speaks(3_500));
  }

  @Test
  void clockThatGoesBack_neitherFillsNorEmptiesTheBucket() {
    Someone someone = new Someone();
    IntStream.range(0, 3).forEach(i -> assertAllowed(someone.speaks(5_000)));
    assertRefused(Reason.RATE_LIMITED, 1_000, someone.speaks(4_990));
    assertRefused(Reason.RATE_LIMITED, 1_000, someone.speaks(0));
    assertAllowed(someone.speaks(1_000));
  }

  @Test
  void recent_staysSmall() {
    Someone someone = new Someone().with(WITHOUT_LIMITS);
    IntStream.range(0, 1_000).forEach(someone::speaks);
    assertEquals(Recent.MAX_SAID, someone.recent.said().size());
    someone.speaks(10_000_000);
    assertEquals(1, someone.recent.said().size());
  }
}
