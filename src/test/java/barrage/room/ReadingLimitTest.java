package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ReadingLimitTest {
  private static final int LIMIT = 50;

  private final ReadingLimit limit = new ReadingLimit();

  @Test
  void none_keepsEverything() {
    assertNull(limit.shed(danmaku(0, 1_000), 0, true, 0));
  }

  @Test
  void aBurstWithinTheLimit_passesWhole() {
    assertNull(limit.shed(danmaku(0, LIMIT), LIMIT, false, 0));
  }

  @Test
  void withMembersAbout_regularViewersGetHalf() {
    assertEquals(25, passed(danmaku(0, 100), true, 0));
  }

  @Test
  void membersPassAfterRegularViewersTookTheirHalf() {
    assertEquals(25, passed(danmaku(0, 100), true, 0));
    assertEquals(25, passed(danmaku(1, 25), true, 100));
    assertEquals(0, passed(danmaku(3, 1), true, 200));
  }

  @Test
  void untilTheLimitIsPassed_nobodyIsLeftOut_howeverMuchOfItMembersSay() {
    assertEquals(45, passed(danmaku(1, 45), true, 0));
    assertEquals(5, passed(danmaku(0, 5), true, 500));
    assertEquals(0, passed(danmaku(0, 1), true, 900));
  }

  @Test
  void theLowestTierIsLeftOutFirst() {
    List<Numbered> mixed = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      for (int tier = 0; tier < 4; tier++) {
        mixed.add(event(mixed.size() + 1, tier));
      }
    }
    boolean[] shed = limit.shed(mixed, LIMIT, true, 0);
    int[] passed = new int[4];
    for (int i = 0; i < shed.length; i++) {
      passed[mixed.get(i).tier()] += shed[i] ? 0 : 1;
    }
    assertEquals(40, passed[3]);
    assertEquals(10, passed[2]);
    assertEquals(0, passed[1]);
    assertEquals(0, passed[0]);
  }

  @Test
  void noSecondHoldsMoreThanTheLimit_andMembersWithinHalfAreNeverShed() {
    Random random = new Random(7);
    ArrayDeque<long[]> window = new ArrayDeque<>();
    ArrayDeque<long[]> members = new ArrayDeque<>();
    long now = 0;
    for (int tick = 0; tick < 5_000; tick++) {
      now += 1 + random.nextInt(100);
      List<Numbered> said = danmaku(0, random.nextInt(30));
      long old = now - 1_000;
      members.removeIf(m -> m[0] <= old);
      int room = LIMIT / 2 - (int) members.stream().mapToLong(m -> m[1]).sum();
      int gold = Math.min(room, random.nextInt(4));
      for (int i = 0; i < gold; i++) {
        said.add(event(said.size() + 1, 2));
      }
      members.add(new long[] {now, gold});
      boolean[] shed = limit.shed(said, LIMIT, true, now);
      int passed = 0;
      for (int i = 0; i < said.size(); i++) {
        boolean out = shed != null && shed[i];
        passed += out ? 0 : 1;
        assertTrue(!out || said.get(i).tier() == 0, "a member was shed");
      }
      window.add(new long[] {now, passed});
      window.removeIf(w -> w[0] <= old);
      assertTrue(window.stream().mapToLong(w -> w[1]).sum() <= LIMIT);
    }
  }

  @Test
  void underSteadyOverloadThePaceIsEven() {
    int[] perTick = new int[60];
    for (int i = 0; i < perTick.length; i++) {
      perTick[i] = passed(danmaku(0, 20), false, i * 100L);
    }
    for (int i = 30; i < perTick.length; i++) {
      assertTrue(perTick[i] >= 3 && perTick[i] <= 8, "tick " + i + ": " + perTick[i]);
    }
  }

  private int passed(List<Numbered> said, boolean membersAbout, long nowMs) {
    boolean[] shed = limit.shed(said, LIMIT, membersAbout, nowMs);
    int passed = 0;
    for (int i = 0; i < said.size(); i++) {
      passed += shed != null && shed[i] ? 0 : 1;
    }
    return passed;
  }

  private static List<Numbered> danmaku(int tier, int count) {
    List<Numbered> said = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      said.add(event(i + 1, tier));
    }
    return said;
  }

  private static Numbered event(long seq, int tier) {
    return new Numbered(seq, (byte) tier, new byte[0]);
  }
}
