/** The explorer's script: from the controls to the curves, the link, the workload file and one commit's life. */
import { csvHeader, csvRows } from '../../csv.js';
import { type Experiment, experimentOf } from '../experiment.js';
import type { EmbeddedData } from '../page-data.js';
import { type ExplorerState, fragmentOf, readFragment } from '../state.js';
import { workloadText } from '../workload-text.js';
import { Crew } from './crew.js';
import { chartOf, chartText, drawCurves, legendItems } from './curve-chart.js';
import { byId, say, showProblem } from './element.js';
import { Form } from './form.js';
import { Life } from './life.js';
import { fillTable } from './number-table.js';
import { provesEqual } from './proof.js';
import { Study, type View } from './study.js';

const data = JSON.parse(byId('explorer-data').textContent ?? '') as EmbeddedData;
const crew = new Crew(data.worker, navigator.hardwareConcurrency);
const CHARTS = ['throughput', 'measure'] as const;

let state: ExplorerState;
let experiment: Experiment;
let view: View | undefined;

const form = new Form((changed) => {
  state = changed;
  apply();
});
const study = new Study(crew, data.precision, (seen) => {
  view = seen;
  drawSoon();
});
const life = new Life(crew);

/** What went wrong inside must not look like an answer. */
function fail(error: unknown): void {
  showProblem(byId('problem-page'), `This page has failed: ${error instanceof Error ? error.message : error}`);
}

function apply(): void {
  experiment = experimentOf(state, data.costs);
  const { part, source, problems } = experiment;
  form.showDefaults(part);
  form.showProblems(problems);
  say(byId('yaml'), source ? workloadText(source, data) : '# Nothing can be simulated as things are set.\n');
  for (const id of ['copy-yaml', 'save-yaml']) byId(id, HTMLButtonElement).disabled = source === undefined;
  byId('save-csv', HTMLButtonElement).disabled = true;
  rememberSoon();
  if (part === undefined) {
    study.clear();
    view = undefined;
    clear();
    say(byId('status'), `Nothing to draw: ${problems.map(({ message }) => message).join('. ')}`);
  } else study.show(part).catch(fail);
}

let remembering: ReturnType<typeof setTimeout> | undefined;

/** The address follows, but not at every step of a slider: browsers stop a page that changes it too often. */
function rememberSoon(): void {
  clearTimeout(remembering);
  remembering = setTimeout(() => history.replaceState(null, '', `#${fragmentOf(state)}`), 300);
}

function clear(): void {
  for (const id of CHARTS) {
    say(byId(`finding-${id}`), 'Nothing to draw as things are set');
    say(byId(`conditions-${id}`), experiment.problems.map(({ message }) => message).join('. '));
    byId(`picture-${id}`).replaceChildren();
  }
  byId('legend').replaceChildren();
  byId('table').replaceChildren();
  say(byId('table-count'), '');
  say(byId('progress'), '');
  life.clear();
}

let drawing = false;

/** Points settle faster than anybody sees: one picture for each frame of the screen. */
function drawSoon(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    draw();
  });
}

function draw(): void {
  if (view === undefined) return;
  const seen = view;
  const { part, rows, settled } = seen;
  const complete = settled.size === rows.length;
  const charts = part.charts.map((request) => chartOf(request, seen));
  for (const [index, id] of CHARTS.entries()) {
    const chart = charts[index]!;
    const { title, conditions } = chartText(chart);
    say(byId(`finding-${id}`), title);
    say(byId(`conditions-${id}`), conditions);
    drawCurves(byId(`picture-${id}`), chart);
    byId(`picture-${id}`).dataset.state = complete ? 'settled' : 'sketch';
  }
  byId('legend').replaceChildren(...legendItems(charts[0]!));
  fillTable(byId('table', HTMLTableElement), seen);
  say(byId('table-count'), complete ? `${rows.length} points` : `${settled.size} of ${rows.length} points measured`);
  say(byId('progress'), progressText(seen));
  const current = part === experiment.part;
  byId('save-csv', HTMLButtonElement).disabled = !(complete && current);
  if (complete && current) {
    say(byId('status'), `Measured. ${byId('finding-throughput').textContent}`);
    life.offer(part);
  }
}

/** How far it is, and whether what was found is what was asked for. */
function progressText({ rows, settled }: View): string {
  const asked = `to ± ${100 * data.precision} %`;
  if (settled.size < rows.length) return `A sketch; ${settled.size} of ${rows.length} points measured ${asked}.`;
  const warned = rows.filter(({ warnings }) => warnings !== null).length;
  const but =
    warned === 0
      ? ''
      : `; ${warned === 1 ? 'one point has a warning' : `${warned} points have warnings`}, told with the numbers`;
  const omitted = experiment.problems.map(({ message }) => ` ${message}.`).join('');
  return `Measured ${asked}${but}.${omitted}`;
}

function save(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Browsers refuse the clipboard to some pages; what was to be copied can then be selected by hand. */
async function copy(button: HTMLElement, text: string, where: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(byId('status'), 'Copied.');
    const label = button.textContent;
    button.textContent = 'Copied';
    setTimeout(() => say(button, label ?? ''), 1500);
  } catch {
    const details = where.closest('details');
    if (details) details.open = true;
    getSelection()?.selectAllChildren(where);
    say(byId('status'), 'The browser keeps the clipboard from this page; the text is selected: press Ctrl+C.');
  }
}

function connectButtons(): void {
  const yaml = byId('yaml');
  byId('copy-yaml').addEventListener('click', () => copy(byId('copy-yaml'), yaml.textContent ?? '', yaml));
  byId('save-yaml').addEventListener('click', () => save('explored.yaml', 'application/yaml', yaml.textContent ?? ''));
  byId('save-csv').addEventListener('click', () =>
    save('observations.csv', 'text/csv', csvHeader() + csvRows(view!.rows)),
  );
  byId('copy-link').addEventListener('click', () => {
    const { href } = new URL(`#${fragmentOf(state)}`, location.href);
    copy(byId('copy-link'), href, byId('same-numbers'));
  });
}

function readAddress(): void {
  const read = readFragment(
    location.hash,
    data.costs.map(({ name }) => name),
  );
  state = read.state;
  form.show(state);
  showProblem(byId('problem-page'), read.problems.length > 0 ? read.problems.join(' ') : undefined);
  apply();
}

/** What the selects below do, for the pointer. */
function connectPoints(): void {
  for (const id of CHARTS) {
    byId(`picture-${id}`).addEventListener('click', ({ target }) => {
      const point = target instanceof Element ? target.closest('[data-point]') : null;
      if (point) life.follow(Number(point.getAttribute('data-point')));
    });
  }
}

connectButtons();
connectPoints();
addEventListener('hashchange', readAddress);
new ResizeObserver(drawSoon).observe(byId('picture-throughput'));
readAddress();
provesEqual(crew, data)
  .then((text) => say(byId('same-numbers'), text))
  .catch(fail);
