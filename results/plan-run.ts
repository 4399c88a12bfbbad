/**
 * The run directory of a plan: its points as rows like those of any run, `plan.json` with the verdicts, `frontier.csv`
 * for a spreadsheet. The report is made from these.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { frontierLatency } from '../analysis/frontier-chart.js';
import type { Assessed, Plan } from '../analysis/plan.js';
import type { PlanRecord } from '../analysis/plan-record.js';
import { targetsText } from '../analysis/plan-text.js';
import { sweepRow } from '../analysis/row.js';
import { InputError } from '../workloads/input-error.js';
import type { Part, Point, Workload } from '../workloads/workload.js';
import { createRun, type RunDirectory, writeWhole } from './store.js';
import type { Manifest } from './store-manifest.js';

const PLAN_FILE = 'plan.json';
const FRONTIER_FILE = 'frontier.csv';

export const PLAN_PART = 'plan';
export const FRONTIER_PART = 'frontier';

interface PlannedPoint {
  readonly point: Point;
  readonly assessed: Assessed;
}

/** Everything that the report tells of, once. */
function pointsOf(plan: Plan, record: PlanRecord): { ofPlan: PlannedPoint[]; ofFrontier: PlannedPoint[] } {
  const told: [string, Assessed][] = [
    ['as it is', plan.now],
    ...(plan.base === plan.now ? [] : zip([record.base], [plan.base])),
    ...zip(record.alone, plan.alone),
    ...zip(record.answers, plan.answers).filter(([, one]) => one.changes.length > 1),
    ...zip(record.open, plan.open).filter(([, one]) => one.changes.length > 1),
  ];
  let index = 0;
  const planned = (part: string, variant: string, assessed: Assessed): PlannedPoint => {
    const { clients, timeout_us } = assessed.observation;
    const settings = { ...assessed.settings, clients, timeout: timeout_us ?? assessed.settings.timeout };
    const place = { index: index++, part, variant, swept: ['clients'] as const, settings };
    return { assessed, point: { ...place, runtime: 'virtual', repetition: null } };
  };
  return {
    ofPlan: told.map(([label, one]) => planned(PLAN_PART, label, one)),
    ofFrontier: plan.frontier.flatMap(({ name, points }) => points.map((one) => planned(FRONTIER_PART, name, one))),
  };
}

const zip = (records: PlanRecord['alone'], all: readonly Assessed[]): [string, Assessed][] =>
  all.map((one, index) => [records[index]!.label, one]);

function workloadOf({ ofPlan, ofFrontier }: ReturnType<typeof pointsOf>, { targets, text }: PlanRecord): Workload {
  const part = (name: string, title: string, question: string, points: readonly PlannedPoint[]): Part => ({
    name,
    title,
    question,
    runtime: 'virtual',
    points: points.map(({ point }) => point),
    charts: [],
  });
  return {
    name: 'plan',
    title: `Plan: ${targetsText(targets)}`,
    description: text,
    parts: [
      part(PLAN_PART, 'What to change', `What does it take for ${targetsText(targets)}?`, ofPlan),
      part(
        FRONTIER_PART,
        'Frontier',
        'Which wait point and quorum gives how much throughput at which latency?',
        ofFrontier,
      ),
    ],
  };
}

/** `begin` makes the manifest of the workload that the plan has simulated. Throws `InputError` where nothing can be written. */
export function writePlan(
  path: string,
  plan: Plan,
  record: PlanRecord,
  begin: (workload: Workload) => Manifest,
  end: Pick<Manifest, 'finished' | 'wall_seconds'>,
): RunDirectory {
  const points = pointsOf(plan, record);
  const run = createRun(path, begin(workloadOf(points, record)));
  for (const { point, assessed } of [...points.ofPlan, ...points.ofFrontier]) {
    run.append(sweepRow(point, assessed.observation));
  }
  writeWhole(join(path, PLAN_FILE), `${JSON.stringify(record, null, 1)}\n`);
  writeWhole(join(path, FRONTIER_FILE), frontierCsv(record));
  run.finish({ ...end, status: 'complete', warnings: [] });
  return run;
}

/** `undefined` where the run is no plan's. */
export function readPlan(run: RunDirectory): PlanRecord | undefined {
  const file = join(run.path, PLAN_FILE);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PlanRecord;
  } catch (error) {
    throw new InputError(`${file}: not JSON (${(error as Error).message}); make the plan anew`);
  }
}

/** A line for each point of each curve; empty cells where nobody knows how far off the model is. */
export function frontierCsv(record: PlanRecord): string {
  const latency = frontierLatency(record);
  const heads = ['tps', 'tps_low', 'tps_high', latency, `${latency}_low`, `${latency}_high`];
  const lines = record.frontier.flatMap(({ name, wait_point, wait_for_slave_count, points }) =>
    points.map(({ clients, predicted, verdict, margin, outside }) => [
      name,
      wait_point,
      wait_for_slave_count,
      clients,
      ...[predicted.tps, predicted[latency]].flatMap(({ value, low, high }) => [value, low, high]),
      verdict,
      margin.least,
      outside.join('; '),
    ]),
  );
  return stringify([
    ['curve', 'wait_point', 'wait_for_slave_count', 'clients', ...heads, 'verdict', 'least_margin', 'outside'],
    ...lines,
  ]);
}
