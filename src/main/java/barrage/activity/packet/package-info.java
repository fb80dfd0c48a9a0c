/**
 * Red packets (红包): points that are split into shares and given to viewers, by a draw among all who
 * entered, or to those who are first.
 */
@org.jspecify.annotations.NullMarked
package barrage.activity.packet;
