/** The crashes of a part: what each variant showed in words, a picture of all points, and their shares in a table. */
import { unbroken } from '../../analysis/chart-caption.js';
import { numberText } from '../../analysis/chart-columns.js';
import { type CrashCell, type CrashRun, crashCells } from '../../analysis/crash-cells.js';
import { CHARTED, CRASH_CONDITIONS, crashChartName, crashSpec, crashSubject } from '../../analysis/crash-chart.js';
import { type CrashSummary, crashHeadline, crashSummaries, shareText } from '../../analysis/crash-findings.js';
import { crashesCsv } from '../crashes.js';
import { type ChartSection, chartArticle, legend, legendButton, scrolled, tableHead } from './chart-article.js';
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
  const table = html`<table class="cases"><caption class="unseen">What was lost, in short</caption>
${tableHead(heads)}
${variants.map((variant) => summaryGroup(variant, rows))}</table>`;
  return scrolled('What was lost, in short', table);
}

/** `runs` are those of one part, and some. */
export function crashSection(runs: readonly CrashRun[], part: string): ChartSection {
  const cells = crashCells(runs);
  const name = crashChartName(part);
  const subject = crashSubject(cells);
  const buttons = CHARTED.map(({ name, style }) => legendButton(name, style, false));
  const table = html`<table><caption class="unseen">${subject}</caption>
${tableHead(HEADS)}
<tbody>
${cells.map(cellRow)}</tbody></table>`;
  return chartArticle({
    part,
    name,
    finding: crashHeadline(cells),
    subject,
    conditions: CRASH_CONDITIONS,
    above: html`${summary(crashSummaries(cells))}${legend('loss', buttons)}`,
    specOf: (look) => crashSpec(cells, look),
    description:
      'Dots with intervals: in which share of the crashes something was lost, for each case and setting. Its data is in the table that follows.',
    data: {
      title: 'Data of this chart',
      count: `${cells.length} ${cells.length === 1 ? 'point' : 'points'}`,
      tables: scrolled(`Data: ${subject}`, table),
    },
    download: { label: 'Download these crashes as CSV', csv: crashesCsv(runs) },
  });
}
