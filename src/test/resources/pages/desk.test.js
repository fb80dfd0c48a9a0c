import { Desks, mountTabs } from '/studio/shows.js';
import { equal, ok, settle, test } from './harness.js';

const kinds = Array.from({ length: 20 }, (_, i) => ({ kind: `kind-${i}`, name: { en: `Kind ${i}`, zh: `${i}` } }));

function desk({ isStreamer = true } = {}) {
  const element = document.createElement('div');
  element.innerHTML = '<div class="tabs" role="tablist"></div><div class="panels"></div><p class="not-yours"></p>';
  document.body.append(element);
  const page = { isStreamer, store: { state: { activities: {} } } };
  const opened = [];
  const away = new Set();
  const desks = new Desks(page, async (kind) => {
    if (away.has(kind)) {
      throw new Error('away');
    }
    opened.push(kind.kind);
    const form = document.createElement('form');
    form.innerHTML = '<input><button type="submit"></button>';
    return { desk: ({ name }) => ({ form: Object.assign(form, { title: name }) }) };
  });
  return { element, page, opened, away, desks };
}

const shown = (element) => [...element.querySelectorAll('form')].filter(({ hidden }) => !hidden).map(({ id }) => id);

test('twenty kinds are twenty tabs, of which one is chosen, by mouse or by keys', async () => {
  const { element, page, desks } = desk();
  mountTabs(element, page, desks, kinds);
  await settle();
  const tabs = [...element.querySelectorAll('[role=tab]')];
  equal([tabs.length, tabs[19].textContent, shown(element)], [20, 'Kind 19', ['new-kind-0']]);
  const press = (tab, key) => tab.dispatchEvent(new KeyboardEvent('keydown', { key }));
  tabs[7].click();
  await settle();
  equal(shown(element), ['new-kind-7']);
  press(tabs[7], 'ArrowRight');
  press(tabs[8], 'End');
  press(tabs[19], 'ArrowRight');
  press(tabs[0], 'ArrowLeft');
  await settle();
  equal([shown(element), document.activeElement === tabs[19]], [['new-kind-19'], true]);
  const selected = tabs.filter((tab) => tab.getAttribute('aria-selected') === 'true' && tab.tabIndex === 0);
  equal(selected.map(({ id }) => id), ['tab-kind-19']);
  const form = element.querySelector('#new-kind-19');
  equal([form.getAttribute('role'), form.getAttribute('aria-labelledby'), form.title], ['tabpanel', 'tab-kind-19', 'Kind 19']);
  element.remove();
});

test('every desk is opened once, and one that did not come when its tab is chosen again', async () => {
  const { element, page, opened, away, desks } = desk();
  away.add(kinds[3]);
  mountTabs(element, page, desks, kinds);
  while (opened.length < 19) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  equal(opened.includes('kind-3'), false);
  away.clear();
  element.querySelector('#tab-kind-3').click();
  element.querySelector('#tab-kind-4').click();
  element.querySelector('#tab-kind-3').click();
  await settle();
  equal([opened.length, new Set(opened).size, shown(element)], [20, 20, ['new-kind-3']]);
  element.remove();
});

test('who is not the streamer sees what could be begun, and begins nothing', async () => {
  const { element, page, desks } = desk({ isStreamer: false });
  mountTabs(element, page, desks, kinds.slice(0, 2));
  await settle();
  ok([...element.querySelectorAll('input, button[type=submit]')].every(({ disabled }) => disabled), 'enabled');
  equal(element.querySelector('.not-yours').hidden, false);
  element.remove();
});
