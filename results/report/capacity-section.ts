/** A part's capacity: the scalability law along its curves, where they have enough loads, and what binds at each point. */
import { FULL } from '../../analysis/binding.js';
import {
  type BoundCurve,
  bindingFinding,
  bottleneckText,
  boundCurves,
  stretchesText,
} from '../../analysis/binding-findings.js';
import { type Capacity, capacityOf } from '../../analysis/capacity.js';
import {
  type CapacityChart,
  capacityConditions,
  capacityFinding,
  capacitySpec,
} from '../../analysis/capacity-chart.js';
import { boundsText, kneeText, littleText, peakText } from '../../analysis/capacity-findings.js';
import { unbroken } from '../../analysis/chart-caption.js';
import { columnInfo, numberText, quantityText, shortPlaceText } from '../../analysis/chart-columns.js';
import { loadRows, loadSeries } from '../../analysis/load-series.js';
import type { SweepRow } from '../../analysis/row.js';
import { type Estimate, loads } from '../../analysis/scalability.js';
import type { ManifestPart } from '../store-manifest.js';
import { type ChartSection, chartArticle, scrolled, tableHead } from './chart-article.js';
import { type Html, html } from './html.js';

/** Three parameters of fewer loads would be more than the data tell. */
const LEAST_LOADS = 6;
const NAMES = { x: 'clients', y: 'tps' } as const;

export const capacityName = (part: string): string => `capacity-${part}`;

/** The chart of a part whose curves have enough loads; `null` where none has. */
export function capacityChart(part: Pick<ManifestPart, 'title'>, rows: readonly SweepRow[]): CapacityChart | null {
  const curves = loadSeries(loadRows(rows), 'clients')
    .filter((series) => loads(series.rows).length >= LEAST_LOADS)
    .map(capacityOf);
  return curves.length === 0 ? null : { names: NAMES, subject: `${part.title}: scalability`, curves };
}

const estimateText = ({ value, standard_error, low, high }: Estimate): string =>
  standard_error === null
    ? `${numberText(value)} (at its bound, at most ${numberText(high, 2)})`
    : `${numberText(value)} (${numberText(low, 2)} to ${numberText(high, 2)})`;

function lawRow(curve: Capacity): Html {
  const { name, law, rows, littles_law } = curve;
  const peak = peakText(NAMES, law, rows.at(-1)!.clients);
  return html`<tr><th scope="row">${name}</th><td>${estimateText(law.sigma)}</td><td>${estimateText(law.kappa)}</td><td>${estimateText(law.lambda)}</td><td>${unbroken(`${peak} ${kneeText(NAMES, curve)} ${boundsText(NAMES, curve)} ${littleText(NAMES, littles_law)}`)}</td></tr>\n`;
}

function lawArticle(part: ManifestPart, chart: CapacityChart): ChartSection {
  const points = chart.curves.flatMap(({ rows }) => rows.map(({ cells }) => cells.point as number));
  const table = html`<table><caption class="unseen">Parameters of the Universal Scalability Law, with 95 % intervals</caption>
${tableHead(['curve', 'contention σ', 'crosstalk κ', 'throughput of one λ (tx/s)', 'what they mean'])}
<tbody>
${chart.curves.map(lawRow)}</tbody></table>`;
  return chartArticle({
    part: part.name,
    name: capacityName(part.name),
    finding: capacityFinding(chart),
    subject: chart.subject,
    conditions: capacityConditions(chart),
    specOf: (look) => capacitySpec(chart, look),
    description:
      'One panel for each curve: throughput over the number of clients, with the fitted law. Its parameters are in the table that follows.',
    data: {
      title: 'Parameters of the law',
      count: `${chart.curves.length} ${chart.curves.length === 1 ? 'curve' : 'curves'}`,
      tables: scrolled(`Parameters: ${chart.subject}`, table),
    },
    download: { label: 'Download these rows as CSV', csv: points.sort((a, b) => a - b) },
  });
}

function curveRow(curve: BoundCurve, x: string): Html {
  const last = curve.points.at(-1)!;
  const { next } = last.binding;
  return html`<tr><th scope="row">${unbroken(curve.name)}</th><td>${unbroken(stretchesText(curve, x))}</td><td>${unbroken(bottleneckText(last.binding))}</td><td>${next === null ? '' : unbroken(bottleneckText(next))}</td></tr>\n`;
}

function pointRows({ name, points }: BoundCurve, x: string): Html[] {
  return points.map(({ row, x: at, binding }) => {
    const place = [name, shortPlaceText(x, at)].filter((text) => text !== '').join(', ');
    return html`<tr><td>${unbroken(place)}</td><td class="number">${quantityText('tps', row.tps, 4)}</td><td>${unbroken(bottleneckText(binding))}</td><td>${binding.next === null ? '' : unbroken(bottleneckText(binding.next))}</td><td class="number">${row.point}</td></tr>\n`;
  });
}

/** Undefined where the rows do not tell how busy anything was. */
function bindingArticle(part: ManifestPart, rows: readonly SweepRow[]): Html | undefined {
  const { x, series } = part.charts[0] ?? { x: 'clients' };
  // A variant may change anything: its curve goes on all the same.
  const curves = boundCurves(rows, x, x === 'variant' ? (series ?? 'profile') : undefined);
  if (curves.length === 0) return undefined;
  const id = `binds-${part.name}`;
  const { noun } = columnInfo(x);
  const alongCurves = html`<table><caption class="unseen">What binds along each curve</caption>
${tableHead(['curve', `what binds, by ${noun}`, 'busiest at its end', 'next behind it'])}
<tbody>
${curves.map((curve) => curveRow(curve, x))}</tbody></table>`;
  const atPoints = html`<table><caption class="unseen">The busiest place at each point, and the next one</caption>
${tableHead(['at', 'throughput', 'busiest', 'next behind it', 'point'])}
<tbody>
${curves.flatMap((curve) => pointRows(curve, x))}</tbody></table>`;
  return html`<article class="chart" id="${id}" aria-labelledby="finding-${id}">
<h3 id="finding-${id}">${unbroken(bindingFinding(curves))}</h3>
<p class="subject">What is busy all the time, and what would be next</p>
<p class="conditions">${unbroken(`full: busy for ${100 * FULL} % of the time or more · a lock is named by what is done under it, where that explains it`)}</p>
${scrolled(`What binds: ${part.title}`, alongCurves)}<details class="data"><summary>What binds at each point <span class="count">${curves.reduce((sum, { points }) => sum + points.length, 0)} points</span></summary>
${scrolled(`What binds at each point: ${part.title}`, atPoints)}</details>
</article>
`;
}

export interface CapacitySection {
  readonly html: Html;
  readonly charts: readonly ChartSection[];
}

/** `rows` are those of the part, `chart` is what `capacityChart` makes of them. */
export function capacitySection(
  part: ManifestPart,
  rows: readonly SweepRow[],
  chart: CapacityChart | null,
): CapacitySection {
  const law = chart === null ? undefined : lawArticle(part, chart);
  return { html: html`${law?.html}${bindingArticle(part, rows)}`, charts: law === undefined ? [] : [law] };
}
