/** Leaves equal text alone, so that screen readers do not say it again. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
  element.hidden = text === '';
}

/** Time left as m:ss, with tenths in the last seconds. */
export function clock(ms) {
  const tenths = Math.max(0, Math.ceil(ms / 100));
  if (tenths < 100) {
    return `0:0${(tenths / 10).toFixed(1)}`;
  }
  const seconds = Math.ceil(tenths / 10);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
