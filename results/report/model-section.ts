/** The model against measurement: predicted over measured, errors by version and region, and what they cannot tell. */
import { unbroken } from '../../analysis/chart-caption.js';
import {
  cell,
  columnInfo,
  numberText,
  quantityText,
  rangeText,
  shortPlaceText,
  valueText,
} from '../../analysis/chart-columns.js';
import {
  MODEL_CONDITIONS,
  type ModelChart,
  modelCharts,
  modelFinding,
  modelProfiles,
  modelSpec,
  placesAmong,
  profileStyle,
  runsDiffer,
} from '../../analysis/model-chart.js';
import type { SweepRow } from '../../analysis/row.js';
import { errorsByRegion, type RegionErrors, summarizeByProfile } from '../../analysis/validation.js';
import type { ErrorTable } from '../../workloads/calibration.js';
import { MEASURES, type Measure } from '../../workloads/measures.js';
import { formatPredictions, type PredictedRow } from '../predictions.js';
import { type ChartSection, chartArticle, legend, legendButton, scrolled, tableHead } from './chart-article.js';
import { type Html, html } from './html.js';

const PERCENT = (value: number): string => value.toFixed(1);
const signed = (value: number): string => `${value < 0 ? '−' : '+'}${PERCENT(Math.abs(value))}`;

function errorCells(errors: ErrorTable): Html[] {
  return MEASURES.flatMap((measure) => {
    const summary = errors[measure];
    const texts =
      summary === null
        ? ['', '', '', '']
        : [PERCENT(summary.median), PERCENT(summary.p90), PERCENT(summary.max), signed(summary.bias)];
    return texts.map((text) => html`<td class="number">${text}</td>`);
  });
}

const errorRow = (name: string, rows: number, errors: ErrorTable, className: string): Html =>
  html`<tr class="${className}"><th scope="row">${unbroken(name)}</th><td class="number">${rows}</td>${errorCells(errors)}</tr>\n`;

/** Of columns that have several known values: an asynchronous row waits for no number of ACKs, which is no region. */
function knownRegions(rows: readonly PredictedRow[]): RegionErrors[] {
  const known = errorsByRegion(rows).filter(({ value }) => value !== '');
  return known.filter((one) => known.some((other) => other !== one && sameColumn(one, other)));
}

const sameColumn = (a: RegionErrors, b: RegionErrors): boolean => a.profile === b.profile && a.column === b.column;

/** All rows, each version, and under each version its regions. */
function errorTable(rows: readonly PredictedRow[], crossValidated: ReadonlyMap<string, ErrorTable>): Html {
  const summary = summarizeByProfile(rows);
  const regions = knownRegions(rows);
  const profiles = modelProfiles(rows);
  const blocks = profiles.map((profile) => {
    const own = rows.filter(({ observation }) => observation.profile === profile);
    const unseen = crossValidated.get(profile);
    const below = regions
      .filter((region) => region.profile === profile)
      .map((region) => ({ ...region, value: regionValue(region.column, region.value) }))
      .sort((a, b) => (a.column === b.column ? Number(a.value) - Number(b.value) || 0 : 0))
      .map(({ column, value, rows: count, errors }) =>
        errorRow(shortPlaceText(column, value), count, errors, 'region'),
      );
    if (unseen !== undefined) below.unshift(errorRow('left out of the fit', own.length, unseen, 'region'));
    return html`<tbody>\n${errorRow(valueText('profile', profile), own.length, summary[profile]!, 'whole')}${below}</tbody>\n`;
  });
  const whole =
    profiles.length > 1
      ? html`<tbody>\n${errorRow('All versions', rows.length, summary.overall, 'whole')}</tbody>\n`
      : undefined;
  const table = html`<table class="errors"><caption class="unseen">Errors of the model in percent, by version and region</caption>
<thead><tr><td></td><td></td>${MEASURES.map((measure) => html`<th scope="colgroup" colspan="4">${columnInfo(measure).noun}</th>`)}</tr>
<tr><th scope="col">rows</th><th scope="col">count</th>${MEASURES.flatMap(() =>
    ['median', '90th', 'worst', 'bias'].map((name) => html`<th scope="col">${name}</th>`),
  )}</tr></thead>
${whole}${blocks}</table>`;
  return scrolled('Errors of the model, by version and region', table);
}

/** Regions are told apart by texts; their words want numbers where they are some. */
const regionValue = (column: string, value: string): number | string =>
  cell({ [column]: value } as unknown as SweepRow, column) ?? value;

/** `1 to 64 clients`; of replicas each for itself. */
function measuredRange(rows: readonly PredictedRow[], column: keyof SweepRow): string {
  const values = rows.flatMap(({ observation }) =>
    String((observation as SweepRow)[column] ?? '')
      .split('/')
      .filter((text) => text !== '')
      .map(Number),
  );
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? shortPlaceText(column, low) : rangeText(column, low, high);
}

function limits(rows: readonly PredictedRow[], otherCosts: readonly string[]): Html {
  const spread = runsDiffer(rows);
  const ranges = (['clients', 'rtt_us', 'binlog_fsync_us', 'replicas'] as const).map((c) => measuredRange(rows, c));
  const noise =
    spread === undefined
      ? ''
      : ` Between the repeated runs of a row throughput itself moved by ${numberText(spread.median, 2)} % (median) and ${numberText(spread.p90, 2)} % (90th percentile).`;
  const other =
    otherCosts.length === 0
      ? undefined
      : html`<p class="notice">This run used other costs than the shipped ones for ${otherCosts.map((name) => valueText('profile', name)).join(' and ')}: what stands here is the error of the shipped calibration. <code>acklab validate</code> tells that of yours.</p>\n`;
  return html`${other}<p class="lead">The costs behind the charts were fitted to these rows; the line “left out of the fit”
in the table says how far off they are on rows that they were not fitted to (5-fold cross-validation). All were
measured on one shared virtual machine of 2 cores, on which source, replicas, network proxies and load generator ran together. Storage was
tmpfs, with a fixed sleep in place of each fsync; the network was a proxy that holds each direction back.${unbroken(noise)}</p>
<p class="lead">Measured were ${unbroken(ranges.join(', '))}, with one-row transactions. Whatever a chart shows outside of these, on
other machines, or of longer transactions, is extrapolation: <code>acklab calibrate</code> fits the model to rows of your own.</p>
`;
}

function rowsTable(measure: Measure, rows: readonly PredictedRow[]): Html {
  const shown = rows.filter((row) => row.measured[measure] !== null);
  const placeOf = placesAmong(shown);
  const lines = shown.map((row) => {
    const text = (value: number | null): string => (value === null ? '' : quantityText(measure, value, 4));
    return html`<tr><td>${valueText('profile', row.observation.profile)}</td><td>${unbroken(placeOf(row))}</td><td class="number">${text(row.measured[measure])}</td><td class="number">${text(row.predicted[measure])}</td><td class="number">${signed(row.error_pct[measure]!)} %</td></tr>\n`;
  });
  return html`<table><caption class="unseen">Predicted and measured ${columnInfo(measure).noun}</caption>
${tableHead(['version', 'at', 'measured', 'predicted', 'error'])}
<tbody>\n${lines}</tbody></table>`;
}

function modelChart(chart: ModelChart, rows: readonly PredictedRow[]): ChartSection {
  const { name, measure, subject } = chart;
  const buttons = modelProfiles(rows).map((profile) =>
    legendButton(valueText('profile', profile), profileStyle(profile), false),
  );
  return chartArticle({
    part: 'model',
    name,
    finding: modelFinding(measure, rows),
    subject,
    conditions: MODEL_CONDITIONS,
    above: legend('version', buttons),
    specOf: (look) => modelSpec(chart, rows, look),
    description: `Scatter plot of predicted over measured ${columnInfo(measure).noun}, with a line where both are equal. Its data is in the table that follows.`,
    data: {
      title: 'Data of this chart',
      count: `${rows.length} rows`,
      tables: scrolled(`Data: ${subject}`, rowsTable(measure, rows)),
    },
    download: { label: 'Download these rows as CSV', csv: formatPredictions(rows, rows) },
  });
}

export interface ModelSection {
  readonly html: Html;
  readonly charts: readonly ChartSection[];
}

/** `rows` are of the versions in the sweep; `otherCosts` names those for which it did not use the shipped costs. */
export function modelSection(
  rows: readonly PredictedRow[],
  crossValidated: ReadonlyMap<string, ErrorTable>,
  otherCosts: readonly string[],
): ModelSection | undefined {
  if (rows.length === 0) return undefined;
  const charts = modelCharts(rows).map((chart) => modelChart(chart, rows));
  const section = html`<section class="part" id="model" aria-labelledby="question-model">
<p class="eyebrow">Model against measurement</p>
<h2 id="question-model">How far can these numbers be trusted?</h2>
${charts.map((chart) => chart.html)}<article class="chart" aria-labelledby="model-errors">
<h3 id="model-errors">Errors by version and region</h3>
<p class="conditions">Percent of what was measured: median, 90th percentile and worst of the absolute errors; the bias is the mean of the signed ones, positive where the model says more.</p>
${errorTable(rows, crossValidated)}</article>
<article class="chart" aria-labelledby="model-limits">
<h3 id="model-limits">What the measurements cover</h3>
${limits(rows, otherCosts)}</article>
</section>
`;
  return { html: section, charts };
}
