/** What the report says of the run itself: when, where, with what, what went wrong, and how to do it again. */
import { unbroken } from '../../analysis/chart-caption.js';
import { numberText } from '../../analysis/chart-columns.js';
import type { SweepRow } from '../../analysis/row.js';
import { PARAMETERS, type ParameterInfo, type ParameterName } from '../../engine/protocol/parameters.js';
import { formatValue } from '../../workloads/units.js';
import type { Point } from '../../workloads/workload.js';
import { commandOf, type Manifest, type ManifestPart } from '../store-manifest.js';
import { type ChartSection, scrolled, tableHead } from './chart-article.js';
import { type Html, html } from './html.js';
import { gatheredWarnings } from './warnings.js';

function duration(seconds: number): string {
  if (seconds < 100) return `${numberText(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** `2026-03-01 09:30 UTC`. */
const moment = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;

function seeds(found: readonly (number | null)[]): string {
  const all = [...new Set(found)].filter((seed) => seed !== null);
  return all.length > 3 ? `${all.length} different` : all.join(', ');
}

/** `virtual time, half-width of throughput within 2 %; threads, 5 times 80 ms a point`. */
function runtimeText({ request, parts }: Manifest): string {
  const runs = (runtime: 'virtual' | 'threads') =>
    parts.some((part) => part.runtime === runtime || part.runtime === 'both');
  const isSteady = parts.some(({ points }) => points.some(({ experiment }) => experiment === undefined));
  const { repetitions, milliseconds, disk } = request.threads;
  return [
    ...(runs('virtual')
      ? [`virtual time${isSteady ? `, half-width of throughput within ${numberText(request.precision * 100)} %` : ''}`]
      : []),
    ...(runs('threads')
      ? [`threads, ${repetitions} times ${milliseconds} ms a point${disk ? ', real disks' : ''}`]
      : []),
  ].join('; ');
}

function facts(manifest: Manifest, rows: readonly SweepRow[], experiments: readonly Pick<Point, 'settings'>[]): Html[] {
  const { machine, acklab, node, ...run } = manifest;
  const planned = run.parts.reduce((sum, part) => sum + part.points.length, 0);
  const done = rows.length + experiments.length;
  const seedsOfAll = [...rows.map(({ seed }) => seed), ...experiments.map(({ settings }) => settings.seed)];
  const entries: [string, string][] = [
    ['Points', done === planned ? numberText(planned, 6) : `${done} of ${planned}`],
    ['Run', `${moment(run.started)}, ${duration(run.wall_seconds)}`],
    ['Runtime', runtimeText(manifest)],
    ['Seed', seeds(seedsOfAll)],
    ['Versions', `acklab ${acklab}, Node ${node.replace(/^v/, '')}`],
    ['Machine', `${machine.cpu_model}, ${machine.cores} ${machine.cores === 1 ? 'core' : 'cores'}, ${machine.os}`],
  ];
  return entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${unbroken(value)}</dd></div>\n`);
}

function unfinished({ status, parts }: Manifest, done: number): Html | undefined {
  const planned = parts.reduce((sum, part) => sum + part.points.length, 0);
  if (status === 'complete' && done === planned) return undefined;
  return html`<p class="notice"><strong>Unfinished run.</strong> ${done} of ${planned} points are here; what the charts show and say may change when the rest is. Finish it with <code>acklab sweep --resume</code> and its directory.</p>\n`;
}

export function header(
  manifest: Manifest,
  rows: readonly SweepRow[],
  experiments: readonly Pick<Point, 'settings'>[],
): Html {
  const warned = rows.filter((row) => row.warnings !== null && row.warnings !== '').length;
  const warning =
    warned === 0
      ? undefined
      : html`<p class="notice"><a href="#warnings">${warned} of ${rows.length} points ${warned === 1 ? 'carries a warning' : 'carry warnings'}</a>: read their numbers with it.</p>\n`;
  return html`<header>
<p class="eyebrow">acklab · semi-synchronous replication</p>
<h1>${manifest.workload.title}</h1>
<p class="lead">${manifest.workload.description}</p>
<dl class="facts">
${facts(manifest, rows, experiments)}</dl>
${unfinished(manifest, rows.length + experiments.length)}${warning}${rows.length === 0 ? undefined : downloadAll(rows.length)}
</header>`;
}

const downloadAll = (rows: number): Html =>
  html`<p class="actions"><button type="button" class="download" data-csv="">Download all ${numberText(rows, 6)} rows as CSV</button></p>`;

/** What each part found, by its first chart: the report in short, and the way to each part. */
export function contents(manifest: Manifest, charts: readonly ChartSection[]): Html {
  const entries = manifest.parts.map((part) => {
    const first = charts.find((chart) => chart.part === part.name && chart.finding !== undefined);
    return html`<li><a href="#part-${part.name}">${part.title}</a>
<span>${unbroken(first?.finding ?? 'No chart could be drawn.')}</span></li>\n`;
  });
  const model = charts.find(({ part }) => part === 'model');
  if (model?.finding !== undefined) {
    entries.push(
      html`<li><a href="#model">Model against measurement</a>\n<span>${unbroken(model.finding)}</span></li>\n`,
    );
  }
  return html`<nav aria-label="Parts of this report">
<h2>In short</h2>
<ol>
${entries}</ol>
</nav>`;
}

/** How to get a part's numbers again: the command, and every parameter its points share. */
export function partFooter(part: ManifestPart, manifest: Manifest): Html {
  const rows = Object.entries(part.settings).map(([name, value]) => {
    // A run of another version of acklab may know parameters that this one does not.
    const known = PARAMETERS[name as ParameterName] as ParameterInfo | undefined;
    const text = known === undefined ? JSON.stringify(value) : formatValue(name as ParameterName, value as never);
    const about = known?.about ?? `of acklab ${manifest.acklab}`;
    return html`<tr><th scope="row"><code>${name}</code></th><td>${text}</td><td>${about}</td></tr>\n`;
  });
  const table = html`<table>${tableHead(['parameter', 'value', 'meaning'])}
<tbody>
${rows}</tbody></table>`;
  return html`<details class="again"><summary>How to get these numbers again</summary>
<p>${part.runtime === 'virtual' ? 'The same command gives the same rows, to the byte:' : 'The same command simulates the same rows, to the byte, and measures again:'}</p>
<pre tabindex="0"><code>${commandOf(manifest.request)}</code></pre>
<p>Swept in this part: ${part.swept.length === 0 ? 'nothing' : part.swept.join(', ')}. All of its points share:</p>
${scrolled(`Parameters of ${part.title}`, table)}</details>
`;
}

export function runSection(manifest: Manifest, rows: readonly SweepRow[]): Html {
  const entries = gatheredWarnings(rows).map(
    ({ text, points }) => html`<li>${text} <span class="count">${points}</span></li>\n`,
  );
  const warnings =
    entries.length === 0
      ? undefined
      : html`<section id="warnings"><h2>Warnings</h2>\n<ul>\n${entries}</ul></section>\n`;
  return html`${warnings}<p>To repeat the whole run: <code>${commandOf(manifest.request)}</code></p>\n`;
}
