package barrage.rules;

import barrage.core.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What the pipeline says of one action.
 *
 * @param refusal why not; {@code null} when it may go to the store
 * @param recent to be kept for the viewer's next action, whether this one was refused or not
 * @param priority the rank of the tier that queues and shedding go by
 */
public record Decision(@Nullable Refusal refusal, Recent recent, int priority) {

  /** The same with another past. */
  Decision with(Recent other) {
    return new Decision(refusal, other, priority);
  }
}
