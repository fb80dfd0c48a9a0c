package barrage.core;

/**
 * One line of a viewer's ledger. A balance is always the sum of the deltas.
 *
 * @param atMs when it was written, or last added to
 * @param ref the day for a capped reason, else what it was for
 */
public record LedgerEntry(long atMs, long delta, long growth, String reason, String ref) {}
