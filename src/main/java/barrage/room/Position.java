package barrage.room;

/** A position in a room's history: {@code since=<epoch>:<seq>}. */
public record Position(long epoch, long seq) {}
