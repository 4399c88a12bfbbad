/**
 * The report: one HTML file that works from file:// with the network unplugged. Its policy allows the scripts and the
 * style written here, by their hashes, and nothing else: no request, no eval, no inline handlers.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { CapacityChart } from '../../analysis/capacity-chart.js';
import type { CrashRun } from '../../analysis/crash-cells.js';
import type { PlanRecord } from '../../analysis/plan-record.js';
import type { SweepRow } from '../../analysis/row.js';
import type { TimelineRun } from '../../analysis/timeline.js';
import type { ErrorTable } from '../../workloads/calibration.js';
import { csvHeader, csvRows } from '../csv.js';
import { PLAN_PART } from '../plan-run.js';
import { overlayOf, type PredictedRow, predictionsFor, profilesOfOtherCosts } from '../predictions.js';
import type { Manifest } from '../store-manifest.js';
import { capacitySection } from './capacity-section.js';
import type { ChartSection } from './chart-article.js';
import { chartSection } from './chart-section.js';
import { crashSection } from './crash-section.js';
import { Html, html, jsonScript } from './html.js';
import { type ModelSection, modelSection } from './model-section.js';
import { asset, inlineScript, type Licensed, licences, policy, styleSheet } from './offline-page.js';
import { frontierSection, planSection } from './plan-section.js';
import { contents, header, partFooter, runSection } from './run-section.js';
import { timelineOverview, timelineSection } from './timeline-section.js';

export interface ReportInput {
  /** What `run.json` says. */
  readonly manifest: Manifest;
  /** What `observations.csv` holds, in point order. */
  readonly rows: readonly SweepRow[];
  /** Runs with a schedule of events, in point order. */
  readonly timelines?: readonly TimelineRun[];
  /** Points whose source crashed, in point order. */
  readonly crashes?: readonly CrashRun[];
  /** The scalability law along the curves of a part, by its name, where they have enough loads. */
  readonly capacities?: ReadonlyMap<string, CapacityChart>;
  /** Where the run is a plan's. */
  readonly plan?: PlanRecord;
  /** Measured rows with what the shipped calibrations say of them. */
  readonly predictions: readonly PredictedRow[];
  /** Errors of the shipped calibrations on rows left out of their fit, by version. */
  readonly crossValidated: ReadonlyMap<string, ErrorTable>;
}

interface Library extends Licensed {
  readonly script: string;
}

/** Browser builds, in the order in which they need each other. vega-embed brings the interpreter of expressions along. */
const LIBRARIES = [
  ['vega', 'build/vega.min.js'],
  ['vega-lite', 'build/vega-lite.min.js'],
  ['vega-embed', 'build/vega-embed.min.js'],
] as const;

function library(name: string, file: string): Library {
  // The packages export no path to their browser builds, but their main file lies beside those.
  const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
  const script = readFileSync(join(folder, file), 'utf8').replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '');
  if (/<\/script/i.test(script)) throw new Error(`${name}/${file} cannot stand inside a script element`);
  return { name, script, licence: readFileSync(join(folder, 'LICENSE'), 'utf8').trim() };
}

/** Parts with their charts. A chart's rows are named by their place among the report's rows. */
function partSections({ manifest, rows, timelines = [], crashes = [], capacities, plan, predictions }: ReportInput): {
  sections: Html[];
  charts: ChartSection[];
} {
  const charts: ChartSection[] = [];
  const overlay = overlayOf(manifest, predictions);
  const sections = manifest.parts.map((part) => {
    const own = rows.filter((row) => row.part === part.name);
    const runs = timelines.filter((run) => run.part === part.name);
    const ofCrashes = crashes.filter((run) => run.part === part.name);
    const drawn = [
      ...part.charts.map((request) => chartSection(request, own, part.name, overlay)),
      ...runs.map(timelineSection),
      ...(ofCrashes.length > 0 ? [crashSection(ofCrashes, part.name)] : []),
      ...(plan === undefined ? [] : [part.name === PLAN_PART ? planSection(plan) : frontierSection(plan)]),
    ];
    const capacity = capacitySection(part, own, capacities?.get(part.name) ?? null);
    charts.push(...drawn, ...capacity.charts);
    return html`<section class="part" id="part-${part.name}" aria-labelledby="question-${part.name}">
<p class="eyebrow">${part.title}</p>
<h2 id="question-${part.name}">${part.question}</h2>
${runs.length > 0 ? timelineOverview(runs) : undefined}${drawn.map((chart) => chart.html)}${capacity.html}${partFooter(part, manifest)}</section>\n`;
  });
  return { sections, charts };
}

function modelOf({ manifest, rows, predictions, crossValidated }: ReportInput): ModelSection | undefined {
  const used = predictionsFor(
    rows.map(({ profile }) => profile),
    predictions,
  );
  return modelSection(used, crossValidated, profilesOfOtherCosts(manifest, used));
}

export function writeReport(input: ReportInput): string {
  const { manifest, rows } = input;
  const libraries = LIBRARIES.map(([name, file]) => library(name, file));
  const style = styleSheet('page.css');
  const scripts = [...libraries.map(({ script }) => script), asset('page.js')];
  const { sections, charts: ofParts } = partSections(input);
  const model = modelOf(input);
  const charts = [...ofParts, ...(model?.charts ?? [])];
  const position = new Map(rows.map((row, index) => [row.point, index]));
  const data = {
    run: manifest.workload.name,
    csvHeader: csvHeader(),
    // The charts' downloads pick their lines from here: the data is in the page once.
    csvLines: rows.map((row) => csvRows([row])),
    config: charts.find(({ data }) => data !== undefined)?.data?.wide.config,
    charts: charts.flatMap(({ data }) => {
      if (data === undefined) return [];
      const [wide, narrow] = [data.wide, data.narrow].map(({ config, data: values, ...rest }) => rest);
      const csv = typeof data.csv === 'string' ? data.csv : data.csv.map((point) => position.get(point)!);
      return [{ name: data.name, values: data.values, wide, narrow, csv }];
    }),
  };
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(scripts, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${manifest.workload.title} · acklab</title>
<style>${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#charts">Skip to the charts</a>
${header(manifest, rows, [...(input.timelines ?? []), ...(input.crashes ?? [])])}
${contents(manifest, charts)}
<noscript><p class="notice">The charts are drawn by the script in this page, which is switched off. The tables below each chart hold all of their data.</p></noscript>
<main id="charts" tabindex="-1">
${sections}${model?.html}</main>
<footer>
${runSection(manifest, rows)}${licences(libraries)}</footer>
${jsonScript('report-data', data)}${scripts.map(inlineScript)}</body>
</html>
`;
  return page.text;
}
