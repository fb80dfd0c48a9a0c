package barrage.core;

import java.util.Locale;

/**
 * What a viewer bought.
 *
 * @param id unique in its room
 * @param payByMs until when it stays reserved
 */
public record Order(
    String id,
    String sale,
    ViewerId viewer,
    int quantity,
    long amountCents,
    String currency,
    Status status,
    long payByMs) {

  /** Where an order is. {@link #RESERVED} and {@link #PAID} ones hold units. */
  public enum Status {
    RESERVED,
    PAID,
    EXPIRED,
    CANCELLED,
    REFUNDED,
    /** Paid, but there is no unit for it. */
    REFUND_DUE;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** The name in the protocol. */
    public String wire() {
      return wire;
    }
  }
}
