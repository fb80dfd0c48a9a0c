/** How the stage looks to this viewer: how much of it danmaku may fill, and how strongly. */

const KEPT_AS = 'barrage.stage';

export function mountStageLook(element, { store }) {
  const button = element.querySelector('.stage-look-toggle');
  const panel = element.querySelector('.stage-look');
  const opacity = panel.querySelector('[name=opacity]');

  const open = (isOpen) => {
    panel.hidden = !isOpen;
    button.setAttribute('aria-expanded', isOpen);
  };
  button.addEventListener('click', () => {
    open(panel.hidden);
    if (!panel.hidden) {
      panel.querySelector('input:checked').focus();
    }
  });
  element.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape' && !panel.hidden) {
      open(false);
      button.focus();
    }
  });
  document.addEventListener('pointerdown', ({ target }) => {
    if (!panel.contains(target) && !button.contains(target)) {
      open(false);
    }
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
