/** What the numbers were over the stream's time, orders by state, and refusals by reason. */
import { ink } from '/app/ink.js';
import { money, number } from '/app/language.js';
import { reasonText, t } from './words.js';

const STATES = ['reserved', 'paid', 'expired', 'cancelled', 'refund_due', 'refunded'];
const MOST_REASONS = 8;
const SHORT_MS = 600_000;

const CHARTS = {
  audience: { least: 5, lines: [['online', 'diamond', true]] },
  talk: { least: 5, lines: [['danmaku', 'accent', true], ['likes', 'gold', false]] },
  gmv: { least: 10_000, lines: [['gmv', 'good', true]], stepped: true },
  latency: { least: 20, lines: [['p99', 'warn', true], ['p50', 'chart-median', false]] },
};

/** The library is large: it is loaded when a chart comes into sight. */
const LIBRARY = '/webjars/chart.js/dist/chart.umd.min.js';

export function mountCharts(element, { figures }) {
  let isSeen = false;
  let charts = null;
  const draw = async () => {
    if (document.hidden || !isSeen || figures.now === null) {
      return;
    }
    if (charts === null) {
      await loadLibrary();
      charts ??= [...element.querySelectorAll('canvas')].map((canvas) =>
        build(canvas, canvas.dataset.chart, figures),
      );
    }
    charts.forEach((show) => show());
  };
  const tryToDraw = () => draw().catch(() => {}); // The next figures try again.

  new IntersectionObserver((entries) => {
    isSeen = entries.at(-1).isIntersecting;
    tryToDraw();
  }).observe(element);
  figures.watch((now) => {
    tryToDraw();
    showOrders(element.querySelector('.orders-by-state'), now);
    showRefusals(element.querySelector('.refusals'), now.node.refusals);
  });
}

let library = null;

function loadLibrary() {
  library ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { src: LIBRARY });
    script.addEventListener('load', resolve);
    script.addEventListener('error', () => {
      library = null;
      script.remove();
      reject(new Error('No library for charts'));
    });
    document.head.append(script);
  });
  return library;
}

function build(canvas, name, figures) {
  const { lines, least, stepped = false } = CHARTS[name];
  const currency = () => figures.now?.takings[0]?.currency ?? 'CNY';
  const inUnits = (value) =>
    name === 'gmv' ? money(value, currency()) : name === 'latency' ? t('ms', { ms: value }) : number(value);
  const chart = new globalThis.Chart(canvas, {
    type: 'line',
    data: {
      datasets: lines.map(([key, color, fill]) => ({
        label: t(`line_${key}`),
        data: [],
        borderColor: ink(color),
        backgroundColor: `${ink(color)}22`, // much of it transparent
        borderWidth: 2,
        pointRadius: 0,
        pointHitRadius: 12,
        tension: 0.25,
        stepped,
        fill: fill ? 'origin' : false,
      })),
    },
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      maintainAspectRatio: false,
      interaction: { mode: 'index', intersect: false },
      plugins: {
        legend: {
          display: lines.length > 1,
          align: 'end',
          labels: { color: ink('dim'), boxWidth: 10, boxHeight: 2, font: { size: 11 } },
        },
        tooltip: {
          callbacks: {
            title: ([{ parsed }]) => new Date(parsed.x).toLocaleTimeString(),
            label: ({ dataset, parsed }) => ` ${dataset.label}: ${inUnits(round(parsed.y))}`,
          },
        },
      },
      scales: {
        x: {
          type: 'linear',
          grid: { display: false },
          border: { color: ink('line') },
          ticks: {
            color: ink('dim'),
            maxTicksLimit: 4,
            maxRotation: 0,
            font: { size: 11 },
            callback: (at) => timeOfDay(at, figures.series.samples),
          },
        },
        y: {
          beginAtZero: true,
          suggestedMax: least,
          grace: '10%',
          grid: { color: ink('line') },
          border: { display: false },
          ticks: { color: ink('dim'), maxTicksLimit: 4, precision: 0, font: { size: 11 }, callback: inUnits },
        },
      },
    },
  });
  return () => {
    const { samples } = figures.series;
    lines.forEach(([key], index) => {
      chart.data.datasets[index].data = samples.map((one) => ({ x: one.at, y: one[key] }));
    });
    chart.options.scales.x.min = samples[0]?.at;
    chart.options.scales.x.max = Math.max(samples.at(-1)?.at ?? 0, (samples[0]?.at ?? 0) + 60_000);
    chart.update('none');
    const last = samples.at(-1);
    const told = lines.map(([key]) => `${t(`line_${key}`)} ${inUnits(round(last?.[key] ?? 0))}`);
    canvas.setAttribute('aria-label', told.join(', '));
  };
}

/** To the second while it is short. */
function timeOfDay(at, samples) {
  const isShort = samples.at(-1)?.at - samples[0]?.at < SHORT_MS;
  const precision = { hour: '2-digit', minute: '2-digit', hour12: false };
  return new Date(at).toLocaleTimeString([], isShort ? { ...precision, second: '2-digit' } : precision);
}

function round(value) {
  return Math.round(value * 10) / 10;
}

function showOrders(card, { takings }) {
  const rows = takings.flatMap(({ currency, orders }) =>
    STATES.filter((state) => orders[state].count > 0).map((state) => {
      const row = document.createElement('tr');
      row.dataset.state = state;
      row.append(
        cell('th', t(`order_${state}`)),
        cell('td', number(orders[state].count)),
        cell('td', money(orders[state].amountCents, currency)),
      );
      return row;
    }),
  );
  card.querySelector('tbody').replaceChildren(...rows);
  card.querySelector('table').hidden = rows.length === 0;
  card.querySelector('.none').hidden = rows.length > 0;
}

function cell(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (tag === 'th') {
    element.scope = 'row';
  }
  return element;
}

function showRefusals(card, refusals) {
  const all = Object.entries(refusals).sort(([, a], [, b]) => b - a).slice(0, MOST_REASONS);
  const most = all[0]?.[1] ?? 1;
  const rows = all.map(([code, count]) => {
    const row = document.createElement('li');
    row.dataset.code = code;
    const bar = document.createElement('span');
    bar.className = 'share';
    bar.style.setProperty('--share', count / most);
    row.append(bar, Object.assign(document.createElement('span'), { textContent: reasonText(code) }));
    row.append(Object.assign(document.createElement('b'), { textContent: number(count) }));
    return row;
  });
  card.querySelector('ul').replaceChildren(...rows);
  card.querySelector('.none').hidden = rows.length > 0;
}
