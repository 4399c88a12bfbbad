/** The crashes of a part: what each variant showed in words, a picture of all points, and their shares in a table. */
import { unbroken } from '../../analysis/chart-caption.js';
import { numberText } from '../../analysis/chart-columns.js';
import { type CrashCell, type CrashRun, crashCells } from '../../analysis/crash-cells.js';
import { CHARTED, CRASH_CONDITIONS, crashChartName, crashSpec, crashSubject } from '../../analysis/crash-chart.js';
import { type CrashSummary, crashHeadline, crashSummaries, shareText } from '../../analysis/crash-findings.js';
import { crashesCsv } from '../crashes.js';
import { type ChartSection, legendButton, plainSpec } from './chart-section.js';
import { type Html, html } from './html.js';

const HEADS = [
  'case',
  'at',
  'crashes',
  'found semi-sync ON',
  'acknowledged and lost',
  'lost per crash',
  'at most',
  'seen by others and lost',
  'on the old source only',
];

function cellRow({ run, label, crashesWith, lost, semisyncOn }: CrashCell): Html {
  const mean = `${numberText(lost.mean)}${lost.half === null ? '' : ` ± ${numberText(lost.half, 2)}`}`;
  const cells = [
    numberText(run.results.length, 6),
    shareText(semisyncOn),
    shareText(crashesWith.acknowledged_lost),
    mean,
    numberText(lost.max, 6),
    shareText(crashesWith.phantom),
    shareText(crashesWith.extra),
  ];
  return html`<tr><td>${run.variant}</td><th scope="row">${unbroken(label)}</th>${cells.map((text) => html`<td class="number">${unbroken(text)}</td>`)}</tr>\n`;
}

const summaryRow = ({ waitPoint, lost, phantom }: CrashSummary): Html =>
  html`<tr><th scope="row">${waitPoint}</th><td>${unbroken(lost)}</td><td>${unbroken(phantom)}</td></tr>\n`;

/** The rows of one case, below its name where it has one. */
function summaryGroup(variant: string, rows: readonly CrashSummary[]): Html {
  const name = variant === '' ? undefined : html`<tr><th scope="rowgroup" colspan="3">${variant}</th></tr>\n`;
  return html`<tbody>\n${name}${rows.filter((row) => row.variant === variant).map(summaryRow)}</tbody>\n`;
}

/** What each wait point lost in each case; points that do not differ are counted together. */
function summary(rows: readonly CrashSummary[]): Html {
  const heads = ['wait point', 'crashes that lost acknowledged transactions', 'crashes that showed phantoms'];
  const variants = [...new Set(rows.map(({ variant }) => variant))];
  return html`<div class="scroll" tabindex="0" role="region" aria-label="What was lost, in short">
<table class="cases"><caption class="unseen">What was lost, in short</caption>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
${variants.map((variant) => summaryGroup(variant, rows))}</table></div>
`;
}

/** `runs` are those of one part, and some. */
export function crashSection(runs: readonly CrashRun[], part: string): ChartSection {
  const cells = crashCells(runs);
  const name = crashChartName(part);
  const subject = crashSubject(cells);
  const finding = crashHeadline(cells);
  const look = { theme: 'css', place: 'page' } as const;
  const wide = plainSpec(crashSpec(cells, { ...look, layout: 'wide' }));
  const narrow = plainSpec(crashSpec(cells, { ...look, layout: 'narrow' }));
  const { values } = wide.data as { values: unknown };
  const buttons = CHARTED.map(({ name, style }) => legendButton(name, style, false));
  const section = html`<article class="chart" id="chart-${name}" aria-labelledby="finding-${name}">
<h3 id="finding-${name}">${unbroken(finding)}</h3>
<p class="subject">${subject}</p>
<p class="conditions">${unbroken(CRASH_CONDITIONS.join('\u00a0· '))}</p>
${summary(crashSummaries(cells))}<div class="legend" role="group" aria-label="Shown: loss">\n${buttons}</div>
<figure>
<div class="picture" data-chart="${name}" aria-hidden="true"></div>
<figcaption class="unseen">Dots with intervals: in which share of the crashes something was lost, for each case and setting. Its data is in the table that follows.</figcaption>
</figure>
<details class="data"><summary>Data of this chart <span class="count">${cells.length} ${cells.length === 1 ? 'point' : 'points'}</span></summary>
<div class="scroll" tabindex="0" role="region" aria-label="Data: ${subject}">
<table><caption class="unseen">${subject}</caption>
<thead><tr>${HEADS.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${cells.map(cellRow)}</tbody></table></div>
<p><button type="button" class="download" data-csv="${name}">Download these crashes as CSV</button></p>
</details>
</article>
`;
  return { part, name, html: section, finding, data: { name, values, wide, narrow, csv: crashesCsv(runs) } };
}
