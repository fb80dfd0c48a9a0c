package barrage.activity;

/**
 * What a commit says of a thing beside its numbered events.
 *
 * @param json one JSON object in UTF-8; empty with {@link What#GONE}
 */
public record Notice(String kind, String id, What what, byte[] json) {

  /** What it is about. */
  public enum What {
    /** The thing is as {@code json} says. */
    CHANGED,
    /** The thing is over, and no longer shown to those who come. */
    GONE,
    /**
     * An event that is not numbered, such as a count: the latest one replaces those before it.
     * Everybody is sent it, at most once a second.
     */
    COUNT,
    /** For the {@link Book} alone. */
    NEWS
  }
}
