/** How the stage looks to this viewer: how much of it danmaku may fill, and how strongly. */
import { mountFold } from './fold.js';

const KEPT_AS = 'barrage.stage';

export function mountStageLook(element, { store }) {
  const button = element.querySelector('.stage-look-toggle');
  const panel = element.querySelector('.stage-look');
  const opacity = panel.querySelector('[name=opacity]');

  mountFold({
    button,
    panel,
    around: element,
    onOpen: () => panel.querySelector('input:checked').focus(),
  });

  const wear = () => {
    const density = Number(panel.querySelector('[name=density]:checked').value);
    const look = { density, opacity: Number(opacity.value) };
    localStorage.setItem(KEPT_AS, JSON.stringify(look));
    store.dispatch({ type: 'stageLook', look });
  };
  panel.addEventListener('input', wear);

  const kept = readKept();
  const choice = panel.querySelector(`[name=density][value="${Number(kept.density)}"]`);
  if (choice !== null) {
    choice.checked = true;
    opacity.value = kept.opacity;
    wear();
  }
}

/** What was chosen on an earlier visit, if it can still be read. */
function readKept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT_AS)) ?? {};
  } catch {
    return {};
  }
}
