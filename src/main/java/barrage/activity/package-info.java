/**
 * The seam for kinds of interaction: polls, red packets and whatever else a livestream thinks of.
 * The ring (gateway, room, store) knows this package and no kind; a kind is a package below it, and
 * knows this one and the core alone.
 */
@org.jspecify.annotations.NullMarked
package barrage.activity;
