/** What a form of the desk asks for. */
import { Asking } from '/app/asking.js';
import { setText } from '/app/text.js';
import { refusalText } from './words.js';

/**
 * One request of a form at a time; its refusal stands below the fields.
 *
 * @param {{t: Function, has: Function}} words of the form's kind
 */
export function mountAsking(form, figures, words) {
  const problem = form.querySelector('.problem');
  const buttons = form.querySelectorAll('button[type="submit"]');
  const show = () => {
    buttons.forEach((button) => (button.disabled = asking.isAsking));
    setText(problem, asking.refusal === null ? '' : refusalText(asking.refusal.code, words));
  };
  const asking = new Asking(show);
  return {
    refuse: (key) => setText(problem, words.t(key)),
    ask: (body, post) =>
      asking.ask(JSON.stringify(body), async (asked) => {
        await post(asked);
        form.querySelector('details').open = false;
        figures.soon();
      }),
  };
}
