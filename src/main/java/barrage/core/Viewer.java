package barrage.core;

/**
 * Who acts: what a token said of its bearer.
 *
 * @param name at most 32 characters, as typed
 */
public record Viewer(ViewerId id, String name, Role role) {}
