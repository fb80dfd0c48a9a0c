/** The room's settings, each set by one click, and boosts. What stands is what the room says. */
import { clock, setText } from '/app/text.js';
import { refusalText, t } from './words.js';

export function mountSettings(form, { store, api, client, figures, isStreamer }) {
  const problem = form.querySelector('.problem');
  const odd = form.querySelector('.odd');
  const { slow, membersOnly, silenced, minTier } = form.elements;

  const show = (settings) => {
    if (settings === null) {
      return;
    }
    const value = String(settings.slowModeMs);
    const isOdd = ![...slow].some((radio) => radio.value === value && radio.parentElement !== odd);
    odd.hidden = !isOdd;
    if (isOdd) {
      odd.querySelector('input').value = value;
      odd.querySelector('span').textContent = t('seconds', { seconds: settings.slowModeMs / 1_000 });
    }
    slow.value = value;
    membersOnly.checked = settings.membersOnly;
    silenced.checked = settings.silenced;
    minTier.value = settings.minTier;
    for (const input of [membersOnly, silenced]) {
      input.parentElement.classList.toggle('on', input.checked);
    }
  };
  const set = async (patch) => {
    setText(problem, '');
    try {
      show(await api.patch(patch));
    } catch (error) {
      setText(problem, refusalText(error.code));
      show(store.state.settings);
    }
  };
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', ({ target }) => {
    if (target.name === 'slow') {
      set({ slowModeMs: Number(target.value) });
    } else if (target.name === 'minTier') {
      set({ minTier: target.value });
    } else {
      set({ [target.name]: target.checked });
    }
  });
  store.watch((state) => state.settings, show);

  const boosts = form.querySelector('.boosts');
  boosts.hidden = !isStreamer;
  for (const button of boosts.querySelectorAll('button')) {
    button.addEventListener('click', async () => {
      const { factor, seconds } = button.dataset;
      setText(problem, '');
      try {
        await api.post('/boosts', { factor: Number(factor), durationMs: Number(seconds) * 1_000 });
        figures.soon();
      } catch (error) {
        setText(problem, refusalText(error.code));
      }
    });
  }
  const showBoost = () => {
    const boost = figures.now?.boost;
    const leftMs = boost === undefined ? 0 : boost.untilAt - client.serverNow();
    boosts.classList.toggle('on', leftMs > 0);
    setText(
      boosts.querySelector('.boost-text'),
      leftMs > 0 ? t('boosted', { factor: boost.factor, time: clock(leftMs) }) : t('boosts'),
    );
  };
  setInterval(showBoost, 500);
}
