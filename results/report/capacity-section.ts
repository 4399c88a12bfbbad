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
import { type ChartSection, plainSpec } from './chart-section.js';
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

function lawRow({ name, law, ...rest }: Capacity): Html {
  const capacity = { name, law, ...rest };
  const peak = peakText(NAMES, law, rest.rows.at(-1)!.clients);
  return html`<tr><th scope="row">${name}</th><td>${estimateText(law.sigma)}</td><td>${estimateText(law.kappa)}</td><td>${estimateText(law.lambda)}</td><td>${unbroken(`${peak} ${kneeText(NAMES, capacity)} ${boundsText(NAMES, capacity)} ${littleText(NAMES, rest.littles_law)}`)}</td></tr>\n`;
}

function lawArticle(part: ManifestPart, chart: CapacityChart): ChartSection {
  const name = capacityName(part.name);
  const finding = capacityFinding(chart);
  const look = { theme: 'css', place: 'page' } as const;
  const wide = plainSpec(capacitySpec(chart, { ...look, layout: 'wide' }));
  const narrow = plainSpec(capacitySpec(chart, { ...look, layout: 'narrow' }));
  const { values } = wide.data as { values: unknown };
  const points = chart.curves.flatMap(({ rows }) => rows.map(({ cells }) => cells.point as number));
  const section = html`<article class="chart" id="chart-${name}" aria-labelledby="finding-${name}">
<h3 id="finding-${name}">${unbroken(finding)}</h3>
<p class="subject">${chart.subject}</p>
<p class="conditions">${unbroken(capacityConditions(chart).join('\u00a0· '))}</p>
<figure>
<div class="picture" data-chart="${name}" aria-hidden="true"></div>
<figcaption class="unseen">One panel for each curve: throughput over the number of clients, with the fitted law. Its parameters are in the table that follows.</figcaption>
</figure>
<details class="data"><summary>Parameters of the law <span class="count">${chart.curves.length} ${chart.curves.length === 1 ? 'curve' : 'curves'}</span></summary>
<div class="scroll" tabindex="0" role="region" aria-label="Parameters: ${chart.subject}">
<table><caption class="unseen">Parameters of the Universal Scalability Law, with 95 % intervals</caption>
<thead><tr>${['curve', 'contention σ', 'crosstalk κ', 'throughput of one λ (tx/s)', 'what they mean'].map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${chart.curves.map(lawRow)}</tbody></table></div>
<p><button type="button" class="download" data-csv="${name}">Download these rows as CSV</button></p>
</details>
</article>
`;
  return {
    part: part.name,
    name,
    html: section,
    finding,
    data: { name, values, wide, narrow, csv: points.sort((a, b) => a - b) },
  };
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

const heads = (names: readonly string[]): Html =>
  html`<thead><tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>`;

/** Undefined where the rows do not tell how busy anything was. */
function bindingArticle(part: ManifestPart, rows: readonly SweepRow[]): Html | undefined {
  const { x, series } = part.charts[0] ?? { x: 'clients' };
  // A variant may change anything: its curve goes on all the same.
  const curves = boundCurves(rows, x, x === 'variant' ? (series ?? 'profile') : undefined);
  if (curves.length === 0) return undefined;
  const id = `binds-${part.name}`;
  const { noun } = columnInfo(x);
  return html`<article class="chart" id="${id}" aria-labelledby="finding-${id}">
<h3 id="finding-${id}">${unbroken(bindingFinding(curves))}</h3>
<p class="subject">What is busy all the time, and what would be next</p>
<p class="conditions">${unbroken(`full: busy for ${100 * FULL} % of the time or more · a lock is named by what is done under it, where that explains it`)}</p>
<div class="scroll" tabindex="0" role="region" aria-label="What binds: ${part.title}">
<table><caption class="unseen">What binds along each curve</caption>
${heads(['curve', `what binds, by ${noun}`, 'busiest at its end', 'next behind it'])}
<tbody>
${curves.map((curve) => curveRow(curve, x))}</tbody></table></div>
<details class="data"><summary>What binds at each point <span class="count">${curves.reduce((sum, { points }) => sum + points.length, 0)} points</span></summary>
<div class="scroll" tabindex="0" role="region" aria-label="What binds at each point: ${part.title}">
<table><caption class="unseen">The busiest place at each point, and the next one</caption>
${heads(['at', 'throughput', 'busiest', 'next behind it', 'point'])}
<tbody>
${curves.flatMap((curve) => pointRows(curve, x))}</tbody></table></div>
</details>
</article>
`;
}

export interface CapacitySection {
  readonly html: Html;
  readonly charts: readonly ChartSection[];
}

/** `rows` are those of the part. */
export function capacitySection(part: ManifestPart, rows: readonly SweepRow[]): CapacitySection {
  const chart = capacityChart(part, rows);
  const law = chart === null ? undefined : lawArticle(part, chart);
  return { html: html`${law?.html}${bindingArticle(part, rows)}`, charts: law === undefined ? [] : [law] };
}
