/** Runs as they are held against each other, from run directories and from baselines. */
import { statSync } from 'node:fs';
import { grouped } from '../analysis/grouped.js';
import { GATE_METRICS, type RecordedPoint, type RecordedRun, recordedValue } from '../analysis/recorded-run.js';
import type { SweepRow } from '../analysis/row.js';
import type { Distribution, ParameterName, Settings } from '../engine/protocol/parameters.js';
import { InputError } from '../workloads/input-error.js';
import { formatValue } from '../workloads/units.js';
import type { Point } from '../workloads/workload.js';
import { readBaseline } from './baseline.js';
import { codeFingerprint } from './code-fingerprint.js';
import { packageVersion } from './package-version.js';
import { openRun, type RunDirectory } from './store.js';
import { commandOf, type RunRequest, unpackWorkload } from './store-manifest.js';
import type { Sweep } from './sweep.js';

/** Opens a run directory or a baseline file. */
export function openRecordedRun(path: string): RecordedRun {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readBaseline(path) : recordedRun(openRun(path));
}

/** Throws `InputError` for a run that is not complete: what is missing would pass for what is well. */
export function recordedRun(run: RunDirectory): RecordedRun {
  const { manifest } = run;
  const all = unpackWorkload(manifest).parts.flatMap((part) => part.points);
  const points = all.filter(({ experiment }) => experiment === undefined);
  if (points.length === 0)
    throw new InputError(`${run.path}: has no steady throughput to compare; give a run of a sweep`);
  const rows = grouped(run.rows(), (row) => row.point);
  const lacking = points.filter(({ index }) => !rows.has(index)).length;
  if (manifest.status !== 'complete' || lacking > 0) {
    throw new InputError(
      `${run.path}: not complete (${lacking} of ${points.length} points missing); finish it: acklab sweep --resume ${run.path}`,
    );
  }
  const recorded = points.map((point) => recordedPoint(point, rows.get(point.index)!, manifest.request.threads));
  const { cpu_model, cores } = manifest.machine;
  return {
    name: run.path,
    acklab: manifest.acklab,
    code: manifest.code ?? {},
    workload: manifest.workload.name,
    command: commandOf(manifest.request),
    precision: manifest.request.precision,
    machine: recorded.some(({ runtime }) => runtime !== 'virtual') ? `${cpu_model}, ${cores} cores` : null,
    started: manifest.started,
    points: mergeRepetitions(recorded),
  };
}

/** What a script has swept, under virtual time alone. */
export function recordedSweep({ name, precision, points, rows }: Sweep): RecordedRun {
  const ofPoint = grouped(rows, (row) => row.point);
  return {
    name: `sweep of ${name}`,
    acklab: packageVersion(),
    code: codeFingerprint(),
    workload: name,
    command: `sweep of ${name}`,
    precision,
    machine: null,
    started: '',
    points: mergeRepetitions(points.map((point) => recordedPoint(point, ofPoint.get(point.index)!))),
  };
}

function recordedPoint(
  { part, variant, swept, settings, runtime: asked }: Point,
  rows: readonly SweepRow[],
  threads?: RunRequest['threads'],
): RecordedPoint {
  const runtime = rows[0]?.runtime ?? asked;
  const names = Object.keys(settings) as ParameterName[];
  const metrics = GATE_METRICS.filter((metric) => metric !== 'latency_mean_us' || settings.arrival_rate > 0);
  const texts = names.filter((name) => name !== 'seed').map((name) => [name, settingText(name, settings)]);
  return {
    runtime,
    part,
    variant,
    swept: swept.filter((name) => name !== 'seed'),
    settings: { ...Object.fromEntries(texts), ...(threads && runtime === 'threads' ? measuring(threads) : {}) },
    seeds: rows.flatMap(({ seed }) => seed ?? []),
    values: valuesOf(rows, metrics),
  };
}

/** Options of a sweep that move what is measured. */
const measuring = ({ milliseconds, placement, disk }: RunRequest['threads']): Record<string, string> => ({
  '--duration': `${milliseconds}ms`,
  '--placement': placement ?? 'as the cores suggest',
  '--disk': disk === null ? 'delays' : 'real',
});

/** In a closed loop, clients divided by mean latency is throughput, and would only say the same again. */
function valuesOf(
  rows: readonly SweepRow[],
  metrics: readonly (typeof GATE_METRICS)[number][],
): RecordedPoint['values'] {
  const known = metrics.flatMap((metric): [string, number[]][] => {
    const values = rows.flatMap((row) => row[metric] ?? []);
    return values.length === 0 ? [] : [[metric, values.map(recordedValue)]];
  });
  return Object.fromEntries(known);
}

/** As `--set` takes it; of samples from a file also what tells them from others of that name. */
function settingText(name: ParameterName, settings: Settings): string {
  const text = formatValue(name, settings[name] as never);
  const costs = [settings[name]].flat() as readonly (Distribution | unknown)[];
  const samples = costs.flatMap((cost) =>
    isEmpirical(cost) ? [`${cost.samples.length} samples, mean ${cost.mean} µs`] : [],
  );
  return samples.length === 0 ? text : `${text} (${samples.join('; ')})`;
}

const isEmpirical = (cost: unknown): cost is Extract<Distribution, { kind: 'empirical' }> =>
  typeof cost === 'object' && cost !== null && (cost as Distribution).kind === 'empirical';

/** Rows with equal settings are repetitions, whether one point was repeated or its seed swept. */
function mergeRepetitions(points: readonly RecordedPoint[]): RecordedPoint[] {
  const same = grouped(points, ({ runtime, part, variant, settings }) =>
    JSON.stringify([runtime, part, variant, settings]),
  );
  return [...same.values()].map((members) => {
    const metrics = [...new Set(members.flatMap((member) => Object.keys(member.values)))];
    const values = metrics.map((metric) => [metric, members.flatMap((member) => member.values[metric] ?? [])]);
    return { ...members[0]!, seeds: members.flatMap(({ seeds }) => seeds), values: Object.fromEntries(values) };
  });
}
