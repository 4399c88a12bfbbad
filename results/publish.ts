/** From the rows of a run directory to its charts and its report. Needs nothing but the directory. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TopLevelSpec } from 'vega-lite';
import { type CapacityChart, capacityFinding, capacitySpec } from '../analysis/capacity-chart.js';
import { ChartError } from '../analysis/chart-columns.js';
import { chartSpec } from '../analysis/chart-spec.js';
import { type CrashRun, crashCells } from '../analysis/crash-cells.js';
import { crashChartName, crashSpec } from '../analysis/crash-chart.js';
import { crashFindings } from '../analysis/crash-findings.js';
import { effectsOf } from '../analysis/effects.js';
import { finding } from '../analysis/findings.js';
import { frontierFinding, frontierSpec } from '../analysis/frontier-chart.js';
import { grouped } from '../analysis/grouped.js';
import type { Overlay } from '../analysis/measured-marks.js';
import type { PlanRecord } from '../analysis/plan-record.js';
import type { SweepRow } from '../analysis/row.js';
import { type TimelineRun, timelineChartName } from '../analysis/timeline.js';
import { timelineSpec } from '../analysis/timeline-chart.js';
import { timelineFinding } from '../analysis/timeline-findings.js';
import { tornadoFinding, tornadoSpec } from '../analysis/tornado-chart.js';
import { runTasks } from '../engine/runtimes/pool/run-tasks.js';
import { shippedCrossValidation } from '../workloads/calibration-file.js';
import type { ChartRequest } from '../workloads/workload.js';
import { makeChartFolder, writeChartFiles } from './chart-files.js';
import type { ChartPictures } from './chart-worker.js';
import { crashRuns } from './crashes.js';
import { FRONTIER_PART, readPlan } from './plan-run.js';
import { overlayOf, shippedPredictions } from './predictions.js';
import { capacityChart, capacityName } from './report/capacity-section.js';
import { writeReport } from './report/report.js';
import { type RunDirectory, writeWhole } from './store.js';
import { timelines } from './timelines.js';

export const CHARTS_FOLDER = 'charts';
export const REPORT_FILE = 'report.html';

export interface Finding {
  readonly part: string;
  readonly chart: string;
  readonly finding: string;
}

export interface Published {
  /** Path of the report. */
  readonly report: string;
  readonly findings: readonly Finding[];
  /** One sentence per chart that could not be drawn from these rows. */
  readonly undrawn: readonly string[];
}

interface DrawnChart extends Finding {
  readonly spec: TopLevelSpec;
}

export async function publish(
  run: RunDirectory,
  options: { readonly jobs: number; readonly signal: AbortSignal },
): Promise<Published | 'interrupted'> {
  const undrawn: string[] = [];
  const predictions = shippedPredictions();
  const overlay = overlayOf(run.manifest, predictions);
  const runs = timelines(run);
  const crashes = crashRuns(run);
  const plan = readPlan(run);
  const ofPart = grouped(run.rows(), (row) => row.part);
  const capacities = new Map(
    run.manifest.parts.flatMap((part): [string, CapacityChart][] => {
      const capacity = capacityChart(part, ofPart.get(part.name) ?? []);
      return capacity === null ? [] : [[part.name, capacity]];
    }),
  );
  const charts = run.manifest.parts.flatMap((part) => {
    const ofTimelines = runs.filter((one) => one.part === part.name).map(drawnTimeline);
    if (ofTimelines.length > 0) return ofTimelines;
    const ofCrashes = crashes.filter((one) => one.part === part.name);
    if (ofCrashes.length > 0) return [drawnCrashes(part.name, ofCrashes)];
    if (plan !== undefined && part.name === FRONTIER_PART) return [drawnFrontier(plan)];
    const rows = ofPart.get(part.name);
    if (rows === undefined) return [];
    const asked = part.charts.flatMap((request) => specify(part.name, request, { rows, overlay }, undrawn));
    const capacity = capacities.get(part.name);
    if (capacity === undefined) return asked;
    const drawn = { chart: capacityName(part.name), spec: capacitySpec(capacity), finding: capacityFinding(capacity) };
    return [...asked, { part: part.name, ...drawn }];
  });
  if ((await writePictures(run, charts, options)) === 'interrupted') return 'interrupted';
  const report = join(run.path, REPORT_FILE);
  writeWhole(
    report,
    writeReport({
      manifest: run.manifest,
      rows: run.rows(),
      timelines: runs,
      crashes,
      capacities,
      ...(plan === undefined ? {} : { plan }),
      predictions,
      crossValidated: shippedCrossValidation(),
    }),
  );
  return { report, findings: charts.map(({ part, chart, finding }) => ({ part, chart, finding })), undrawn };
}

function drawnCrashes(part: string, runs: readonly CrashRun[]): DrawnChart {
  const cells = crashCells(runs);
  return { part, chart: crashChartName(part), spec: crashSpec(cells), finding: crashFindings(cells).join(' ') };
}

const drawnFrontier = (plan: PlanRecord): DrawnChart => ({
  part: FRONTIER_PART,
  chart: 'frontier',
  spec: frontierSpec(plan),
  finding: frontierFinding(plan),
});

const drawnTimeline = (run: TimelineRun): DrawnChart => ({
  part: run.part,
  chart: timelineChartName(run),
  spec: timelineSpec(run),
  finding: timelineFinding(run),
});

/** A chart that a part of the rows cannot fill (an interrupted run, say) must not cost the others. */
function specify(
  part: string,
  request: ChartRequest,
  { rows, overlay }: { readonly rows: readonly SweepRow[]; readonly overlay: Overlay },
  undrawn: string[],
): DrawnChart[] {
  try {
    const drawn = { part, chart: request.name };
    if (request.pairs === undefined) {
      return [{ ...drawn, spec: chartSpec(request, rows, {}, overlay), finding: finding(request, rows) }];
    }
    const effects = effectsOf(request, rows);
    return [{ ...drawn, spec: tornadoSpec(request, effects), finding: tornadoFinding(request, effects) }];
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    undrawn.push(error.message);
    return [];
  }
}

const CHARTS_WORTH_A_WORKER = 4;

async function writePictures(
  run: RunDirectory,
  charts: readonly DrawnChart[],
  { jobs, signal }: { readonly jobs: number; readonly signal: AbortSignal },
): Promise<'complete' | 'interrupted'> {
  const folder = join(run.path, CHARTS_FOLDER);
  makeChartFolder(folder);
  return runTasks<DrawnChart, TopLevelSpec, ChartPictures>(charts, {
    workerFile: fileURLToPath(new URL('./chart-worker.js', import.meta.url)),
    workerFunction: 'drawChart',
    // To load what draws takes as long as drawing several charts.
    threads: Math.min(jobs, Math.ceil(charts.length / CHARTS_WORTH_A_WORKER)),
    signal,
    taskOf: ({ spec }) => spec,
    onResult: ({ chart, spec }, pictures) => writeChartFiles(folder, chart, spec, pictures),
    failureOf: ({ chart }, error) => new Error(`chart ${chart} could not be drawn`, { cause: error }),
  });
}
