package barrage.activity;

/**
 * A thing of an activity as it stands.
 *
 * @param json one JSON object in UTF-8, with its {@code id}
 */
public record Thing(String kind, String id, byte[] json) {}
