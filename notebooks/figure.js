/** What charts of the notebooks have in common: finding above, data below, one look, and controls for the keyboard. */
import { html } from 'htl';
import { numberText } from '../analysis/chart-columns.ts';
import { colour, fixedStyle, rampStyle } from '../analysis/palette.ts';
import { csvOf } from './rows.ts';

export const ink = (name) => colour(name, 'css');

/** How a series looks, in `colour`, `dash` and `shape`: a profile or wait point as in every chart, others along the ramp. */
export function look(name, index = 0, count = 1) {
  const { colour: hue, dash, shape } = fixedStyle(name) ?? rampStyle(index, count);
  return { colour: ink(hue), dash: dash.join(' '), shape: SHAPES[shape] };
}
const SHAPES = {
  circle: 'circle',
  square: 'square',
  'triangle-up': 'triangle',
  diamond: 'diamond2',
  cross: 'cross',
  'triangle-down': 'triangle2',
};

/** Options of a plot that every chart has. */
export const frame = (width, height, rest) => ({
  width,
  height,
  marginBottom: 46,
  style: { fontFamily: 'inherit', fontSize: '13px', overflow: 'visible', background: 'none' },
  ...rest,
});

/** Ticks of a logarithmic axis, at `steps` of each decade. */
export function decades(low, high, steps = [1, 2, 5]) {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const step of steps)
      if (step * 10 ** power >= low && step * 10 ** power <= high) ticks.push(step * 10 ** power);
  }
  return ticks;
}

/** A logarithmic axis around values. */
export function logAxis(values, label, format = (value) => numberText(value)) {
  const domain = [Math.min(...values) / 1.15, Math.max(...values) * 1.15];
  const isShort = domain[1] / domain[0] < 10;
  return {
    type: 'log',
    domain,
    ticks: decades(...domain, isShort ? [1, 1.5, 2, 3, 5, 7] : [1, 2, 5]),
    tickFormat: format,
    label,
    labelOffset: 40,
    grid: true,
  };
}

export const clientsAxis = (clients, label = 'clients') => ({
  type: 'log',
  base: 2,
  domain: [Math.min(...clients), Math.max(...clients)],
  ticks: [...new Set(clients)],
  tickFormat: (value) => `${value}`,
  label,
  labelOffset: 40,
});

/** The names of lines at their ends, moved apart where they would lie on each other. `ends`: text, colour, x and y. */
export function endLabels(Plot, ends, { domain, height, insets = 70, gap = 16 }) {
  const pixels = (height - insets) / Math.log(domain[1] / domain[0]);
  const at = [...ends].sort((a, b) => a.y - b.y).map((end) => ({ ...end, place: Math.log(end.y) * pixels }));
  for (let round = 0; round < 20; round++) {
    for (let i = 1; i < at.length; i++) {
      const overlap = gap - (at[i].place - at[i - 1].place);
      if (overlap > 0) {
        at[i].place += overlap / 2;
        at[i - 1].place -= overlap / 2;
      }
    }
  }
  return at.map(({ x, text, colour: fill, place }) =>
    Plot.text([{ x, y: Math.exp(place / pixels) }], {
      x: 'x',
      y: 'y',
      text: () => text,
      fill,
      dx: 9,
      textAnchor: 'start',
      fontWeight: 600,
    }),
  );
}

/** Lines with their 95 % bands and points, by series. `styles`: a look for each. */
export function curves(Plot, rows, { x, y, low, high, series, styles }) {
  return [...styles].flatMap(([name, { colour: stroke, dash, shape }]) => {
    const own = rows.filter((row) => series(row) === name);
    return [
      Plot.areaY(own, { x, y1: low, y2: high, fill: stroke, fillOpacity: 0.18 }),
      Plot.lineY(own, { x, y, stroke, strokeWidth: 2, strokeDasharray: dash }),
      Plot.dot(own, { x, y, fill: stroke, symbol: shape, r: 4 }),
    ];
  });
}

/** From dot to dot in piles that have to stay within `height`, of dots with a radius of `r` if there is room. */
export function pileGap(values, { domain, width, height, r }) {
  const pixels = width / Math.log(domain[1] / domain[0]);
  const places = values.map((value) => Math.log(value) * pixels);
  const highest = (gap) => Math.max(...places.map((at) => places.filter((x) => x >= at && x < at + gap).length));
  let gap = 2 * r + 1;
  while (gap > 1 && highest(gap) * gap > height) gap -= 0.25;
  return gap;
}

function save(name, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  link.download = `${name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const cellText = (value) => (typeof value === 'number' ? numberText(value, 4) : (value ?? ''));

/** The table of each chart: one that is drawn anew, since the telephone was turned, keeps that which a reader has opened. */
const tables = new Map();

function table(name, columns, rows) {
  const csv = csvOf(columns, rows);
  const before = tables.get(name);
  if (before?.csv === csv) return before.details;
  const details = newTable(name, columns, rows, csv);
  details.open = before?.details.open ?? false;
  tables.set(name, { csv, details });
  return details;
}

function newTable(name, columns, rows, csv) {
  const button = html`<button class="download">Download as CSV</button>`;
  button.addEventListener('click', () => save(name, csv));
  return html`<details>
    <summary>The data <span class="count">${rows.length} rows</span></summary>
    <div class="scroll" tabindex="0" role="region" aria-label="data of ${name}">
      <table>
        <thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
        <tbody>${rows.map(
          (row) =>
            html`<tr>${columns.map((column) => html`<td class=${typeof row[column] === 'number' ? 'number' : ''}>${cellText(row[column])}</td>`)}</tr>`,
        )}</tbody>
      </table>
    </div>
    ${button}
  </details>`;
}

/**
 * A chart with its finding as title, what it shows below that, and its data. `legend` has names with their looks, where
 * marks are not named where they stand.
 */
export function figure({ name, title, subject, picture, legend = [], columns, rows }) {
  // A picture is one thing to who cannot see it: names of its parts are not allowed in it.
  for (const part of picture.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', `${subject}: ${title}`);
  const swatch = ({ colour: fill }) => html`<span class="swatch" style=${{ background: fill }}></span>`;
  return html`<article class="chart" id="chart-${name}">
    <h3>${title}</h3>
    <p class="conditions">${subject}</p>
    ${legend.length === 0 ? null : html`<p class="key">${legend.map(([text, style]) => html`<span>${swatch(style)}${text}</span>`)}</p>`}
    <figure class="picture">${picture}</figure>
    ${table(name, columns, rows)}
  </article>`;
}

/** One of several values, as radio buttons; for `view`. */
export function choice(legend, options, { value, format = String } = {}) {
  const group = `choice-${legend.replaceAll(/\W+/g, '-')}`;
  const radios = options.map(
    (option, index) =>
      html`<label><input type="radio" name=${group} value=${index} checked=${option === value}>${format(option)}</label>`,
  );
  const form = html`<form class="choice"><fieldset><legend>${legend}</legend>${radios}</fieldset></form>`;
  form.value = value;
  form.addEventListener('input', (event) => {
    form.value = options[Number(event.target.value)];
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  return form;
}

/** A file of the reader's, as `read` makes rows of its text; null until there is one. What is wrong with it is told below. */
export function csvFile(label, read) {
  const input = html`<input type="file" accept=".csv,text/csv" id="own-file">`;
  const complaint = html`<p class="notice" role="alert" hidden></p>`;
  const form = html`<form class="choice"><label for="own-file">${label}</label>${input}${complaint}</form>`;
  form.value = null;
  form.addEventListener('submit', (event) => event.preventDefault());
  input.addEventListener('input', (event) => event.stopPropagation());
  input.addEventListener('change', async () => {
    const [file] = input.files;
    complaint.hidden = true;
    form.value = null;
    try {
      if (file !== undefined) form.value = read(await file.text(), file.name);
    } catch (error) {
      complaint.textContent = error.message;
      complaint.hidden = false;
    }
    form.dispatchEvent(new Event('input'));
  });
  return form;
}
