/**
 * Lets a button open and close a panel; Escape, pressed within `around`, and a press elsewhere close
 * it too.
 *
 * @param {{button: HTMLElement, panel: HTMLElement, around: HTMLElement, onOpen?: () => void}} parts
 */
export function mountFold({ button, panel, around, onOpen = () => {} }) {
  const open = (isOpen) => {
    panel.hidden = !isOpen;
    button.setAttribute('aria-expanded', isOpen);
  };
  button.addEventListener('click', () => {
    open(panel.hidden);
    if (!panel.hidden) {
      onOpen();
    }
  });
  around.addEventListener('keydown', ({ key }) => {
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
}
