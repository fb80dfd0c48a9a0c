package barrage.load;

import java.util.ArrayList;
import java.util.List;

/**
 * A run second by second, and for long runs in longer steps: when it has too many points to draw,
 * neighbours are merged. Confined to one thread.
 */
final class Timeline {
  static final int MAX_POINTS = 600;

  /**
   * What happened in a stretch of time.
   *
   * @param atMs its end, since the load began; below zero while viewers come
   * @param lengthMs how long it is
   * @param online connections at its end
   * @param deliveryP50Ms of the half of it where it was worst, as all percentiles here; NaN for
   *     none
   */
  record Point(
      long atMs,
      long lengthMs,
      long online,
      long deliveries,
      long answers,
      long errors,
      double deliveryP50Ms,
      double deliveryP99Ms,
      double answerP50Ms,
      double answerP99Ms) {

    private Point and(Point later) {
      return new Point(
          later.atMs,
          lengthMs + later.lengthMs,
          later.online,
          deliveries + later.deliveries,
          answers + later.answers,
          errors + later.errors,
          worse(deliveryP50Ms, later.deliveryP50Ms),
          worse(deliveryP99Ms, later.deliveryP99Ms),
          worse(answerP50Ms, later.answerP50Ms),
          worse(answerP99Ms, later.answerP99Ms));
    }

    private static double worse(double a, double b) {
      return Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.max(a, b);
    }
  }

  private final List<Point> points = new ArrayList<>();
  private int merged = 1;
  private int pending;

  void add(Point point) {
    if (pending > 0) {
      points.set(points.size() - 1, points.get(points.size() - 1).and(point));
    } else {
      points.add(point);
    }
    pending = (pending + 1) % merged;
    if (points.size() > MAX_POINTS && pending == 0) {
      halve();
    }
  }

  private void halve() {
    List<Point> all = List.copyOf(points);
    points.clear();
    for (int i = 0; i + 1 < all.size(); i += 2) {
      points.add(all.get(i).and(all.get(i + 1)));
    }
    if (all.size() % 2 == 1) {
      points.add(all.get(all.size() - 1));
      pending = merged;
    }
    merged *= 2;
  }

  List<Point> points() {
    return List.copyOf(points);
  }
}
