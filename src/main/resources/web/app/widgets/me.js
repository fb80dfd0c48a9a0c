/** One's own membership: name, tier, points, growth and the way to the next tier. */
import { number, percent, t } from '../i18n.js';
import { nextTier } from '../state.js';

export function mountMe(element, { store }) {
  const part = (name) => element.querySelector(`.${name}`);
  const progress = element.querySelector('progress');

  store.watch(
    (state) => state.viewer,
    (viewer, state) => {
      element.classList.toggle('anonymous', viewer === null);
      part('name').textContent = viewer === null ? t('anonymous') : viewer.name;
      if (viewer === null) {
        return;
      }
      part('badge').dataset.tier = viewer.tier;
      part('badge').textContent = t(viewer.tier);
      part('points-value').textContent = number(viewer.points);
      part('growth').textContent = number(viewer.growth);
      const next = nextTier(state);
      progress.value = next === null ? 1 : next.progress;
      part('to-next').textContent =
        next === null ? t('topTier') : t('toNext', { missing: next.missing, tier: t(next.tier) });
      part('gives').textContent = next === null ? '' : gives(next);
    },
  );

  store.watch(
    (state) => state.gain,
    (gain) => {
      if (gain !== null && gain.delta !== 0) {
        showGain(part('gain'), gain.delta);
      }
    },
  );
}

/** What the next tier would give. */
function gives({ tier, pointsFactor, earlyAccessMs, slowModeFactor }) {
  const all = [];
  if (pointsFactor > 1) {
    all.push(t('givesPoints', { factor: pointsFactor }));
  }
  if (earlyAccessMs > 0) {
    all.push(t('givesEarly', { seconds: earlyAccessMs / 1_000 }));
  }
  if (slowModeFactor === 0) {
    all.push(t('givesNoSlow'));
  } else if (slowModeFactor < 1) {
    all.push(t('givesSlow', { share: percent(slowModeFactor, 2) }));
  }
  return all.length === 0 ? '' : t('gives', { tier: t(tier), all: all.join(t('comma')) });
}

function showGain(element, delta) {
  element.textContent = delta > 0 ? `+${number(delta)}` : number(delta);
  element.classList.remove('fresh');
  void element.offsetWidth; // Starts the animation again.
  element.classList.add('fresh');
}
