package barrage.core;

import java.util.List;

/**
 * A flash sale in the making, for tests that care for a few of its terms: of one cent, open at once
 * and for an hour, one unit a viewer, none before the opening, an hour to pay. For one thread.
 */
public final class OfferOf {
  private static final long HOUR_MS = 3_600_000;

  private final long stock;
  private String title = "sale";
  private long priceCents = 1;
  private String currency = "CNY";
  private long opensInMs;
  private long durationMs = HOUR_MS;
  private int perViewerLimit = 1;
  private List<Long> earlyAccessMs;
  private long earlyUnits;
  private Offer.Reserve reserve;
  private long payMs = HOUR_MS;

  private OfferOf(long stock) {
    this.stock = stock;
  }

  /** An offer of so many units. */
  public static OfferOf stock(long units) {
    return new OfferOf(units);
  }

  public OfferOf title(String text) {
    title = text;
    return this;
  }

  public OfferOf priceCents(long cents) {
    priceCents = cents;
    return this;
  }

  public OfferOf currency(String code) {
    currency = code;
    return this;
  }

  public OfferOf opensInMs(long ms) {
    opensInMs = ms;
    return this;
  }

  public OfferOf durationMs(long ms) {
    durationMs = ms;
    return this;
  }

  public OfferOf perViewerLimit(int units) {
    perViewerLimit = units;
    return this;
  }

  /** For each tier, in its order; without it, the tier table holds. */
  public OfferOf earlyAccessMs(List<Long> ofTiers) {
    earlyAccessMs = ofTiers;
    return this;
  }

  public OfferOf earlyUnits(long units) {
    earlyUnits = units;
    return this;
  }

  public OfferOf reserve(Tier minTier, long units, long forMs) {
    return reserve(new Offer.Reserve(minTier, units, forMs));
  }

  /** None when it is {@code null}. */
  public OfferOf reserve(Offer.Reserve units) {
    reserve = units;
    return this;
  }

  public OfferOf payMs(long ms) {
    payMs = ms;
    return this;
  }

  /** The offer. */
  public Offer build() {
    return new Offer(
        title,
        priceCents,
        currency,
        stock,
        opensInMs,
        durationMs,
        perViewerLimit,
        earlyAccessMs,
        earlyUnits,
        reserve,
        payMs);
  }
}
