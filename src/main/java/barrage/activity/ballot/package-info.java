/** Ballots 投票: viewers vote on what the streamer asks, and anybody can count the votes again. */
@org.jspecify.annotations.NullMarked
package barrage.activity.ballot;
