/** Two runs, point by point: what got worse, what got better, and what was changed between them. */
import { Streams } from '../engine/runtimes/virtual/random.js';
import { InputError } from '../workloads/input-error.js';
import { type Answer, type Judged, judgeAll, repetitionsWanting, type Samples } from './judgement.js';
import { type Better, betterOf, isExact, pointNames, type RecordedPoint, type RecordedRun } from './recorded-run.js';

export interface Judgement extends Judged {
  readonly runtime: string;
  readonly part: string;
  /** `rtt=1ms clients=16`. */
  readonly point: string;
  readonly metric: string;
  readonly better: Better;
  /** What was changed and can have moved it; empty where nothing moved. */
  readonly because: readonly string[];
}

export interface Change {
  /** `cpu_statement 20us, now 40us`, or `code: engine/actors/committer`. */
  readonly text: string;
  /** Of how many compared points. */
  readonly points: number;
}

export type RunSummary = Pick<RecordedRun, 'name' | 'acklab' | 'started' | 'command'>;

export interface Comparison {
  readonly base: RunSummary;
  readonly current: RunSummary;
  readonly threshold: number;
  /** Points that both runs have. */
  readonly points: number;
  readonly judgements: readonly Judgement[];
  readonly changes: readonly Change[];
  /** Points, or quantities of a point, that only `base` has: nobody knows what became of them. */
  readonly missing: readonly string[];
  readonly added: readonly string[];
  /** How many repetitions measured points need before any difference could be significant; null where they have enough. */
  readonly repetitions_wanted: number | null;
}

interface Pair {
  readonly part: string;
  readonly point: string;
  readonly base: RecordedPoint;
  readonly current: RecordedPoint;
  /** In settings. */
  readonly changes: readonly string[];
}

/** The smallest change worth reporting, a share of 1. */
export const DEFAULT_THRESHOLD = 0.05;

/** Of the bootstrap: the same two runs give the same intervals. */
const SEED = 1;

/** Throws `InputError` where the two cannot be compared, and says why. */
export function compareRuns(base: RecordedRun, current: RecordedRun, threshold: number): Comparison {
  checkKind(base, current);
  const { pairs, missing, added } = pairUp(base, current);
  if (pairs.length === 0) {
    throw new InputError(
      `${current.name}: has no point of ${base.name} (workload ${current.workload} on ${runtimesOf(current)}, ` +
        `there ${base.workload} on ${runtimesOf(base)}); run the same: ${base.command}`,
    );
  }
  checkSeeds(base, current, pairs);
  const tasks = pairs.flatMap((pair) => samplesOf(pair));
  const samples = tasks.map((task) => task.samples);
  const wanting = repetitionsWanting(samples);
  if (wanting !== undefined && samples.every(({ exact }) => !exact)) {
    throw new InputError(
      `${current.name}: too few repetitions for any of ${samples.length} comparisons to be significant; ` +
        `take at least ${wanting} of each point in both runs (--repetitions ${wanting}), or compare fewer points`,
    );
  }
  const judged = judgeAll(samples, threshold, new Streams(SEED).uniform());
  const judgements = tasks.map(({ pair, metric, samples: { better } }, index): Judgement => {
    const told = judged[index] as Judged;
    const because = told.identical ? [] : [...pair.changes, ...codeChange(base, current, pair.base.runtime)];
    return { runtime: pair.base.runtime, part: pair.part, point: pair.point, metric, better, ...told, because };
  });
  return {
    base: summaryOf(base),
    current: summaryOf(current),
    threshold,
    points: pairs.length,
    judgements,
    changes: changesOf(pairs, [...new Set(judgements.flatMap(({ because }) => because))]),
    missing: [...missing, ...pairs.flatMap(missingMetrics)],
    added,
    repetitions_wanted: wanting ?? null,
  };
}

const missingMetrics = ({ part, point, base, current }: Pair): string[] =>
  Object.keys(base.values).flatMap((metric) => (metric in current.values ? [] : [`${part}: ${point}: ${metric}`]));

export const summaryOf = ({ name, acklab, started, command }: RecordedRun): RunSummary => ({
  name,
  acklab,
  started,
  command,
});

export const countAnswers = ({ judgements }: Comparison, answer: Answer): number =>
  judgements.filter((one) => one.answer === answer).length;

const runtimesOf = ({ points }: RecordedRun): string => [...new Set(points.map(({ runtime }) => runtime))].join(', ');

/** Throws `InputError` where no two results of these runs can be laid side by side. */
export function checkKind(base: RecordedRun, current: RecordedRun): void {
  const refuse = (what: string, there: string, remedy: string): never => {
    throw new InputError(`${current.name}: ${what}, but ${base.name}: ${there}; ${remedy}`);
  };
  const both = (isKind: (point: RecordedPoint) => boolean): boolean =>
    base.points.some(isKind) && current.points.some(isKind);
  if (both(isVirtual) && base.precision !== current.precision) {
    refuse(`--precision ${current.precision}`, String(base.precision), 'simulate both to the same precision');
  }
  if (both((point) => !isVirtual(point)) && base.machine !== current.machine) {
    refuse(`measured on ${current.machine}`, String(base.machine), 'measure both on one machine');
  }
}

const isVirtual = ({ runtime }: RecordedPoint): boolean => runtime === 'virtual';

/** One simulation tells a change from luck only against the same draws. */
function checkSeeds(base: RecordedRun, current: RecordedRun, pairs: readonly Pair[]): void {
  const other = pairs.find((pair) => arePlain(pair) && pair.base.seeds[0] !== pair.current.seeds[0]);
  if (other === undefined) return;
  throw new InputError(
    `${current.name}: seed ${other.current.seeds[0]}, but ${base.name}: ${other.base.seeds[0]}; ` +
      `simulate both with --seed ${other.base.seeds[0]}`,
  );
}

const arePlain = ({ base, current }: Pair): boolean => isExact(base) && isExact(current);

function pairUp(base: RecordedRun, current: RecordedRun): { pairs: Pair[]; missing: string[]; added: string[] } {
  const nameOf = pointNames([base, current]);
  const keyOf = (point: RecordedPoint): string => `${point.part}: ${nameOf(point)}`;
  // Points of one name on different runtimes are two, and `nameOf` says so.
  const currents = new Map(current.points.map((point) => [keyOf(point), point]));
  const bases = new Set(base.points.map(keyOf));
  const pairs = base.points.flatMap((point): Pair[] => {
    const other = currents.get(keyOf(point));
    if (other === undefined) return [];
    const changes = settingChanges(point.settings, other.settings);
    return [{ part: point.part, point: nameOf(point), base: point, current: other, changes }];
  });
  return {
    pairs,
    missing: [...bases].filter((key) => !currents.has(key)),
    added: [...currents.keys()].filter((key) => !bases.has(key)),
  };
}

function samplesOf(pair: Pair): { pair: Pair; metric: string; samples: Samples }[] {
  const metrics = Object.keys(pair.base.values).filter((metric) => metric in pair.current.values);
  return metrics.map((metric) => {
    const [base, current] = [pair.base.values[metric]!, pair.current.values[metric]!];
    return { pair, metric, samples: { better: betterOf(metric), base, current, exact: arePlain(pair) } };
  });
}

type Settings = RecordedPoint['settings'];

export function settingChanges(base: Settings, current: Settings): string[] {
  const names = Object.keys({ ...base, ...current }).filter((name) => base[name] !== current[name]);
  return names.map((name) => `${name} ${base[name] ?? 'absent'}, now ${current[name] ?? 'absent'}`);
}

/** Files whose change is named one by one; beyond this, where they lie says more. */
const NAMED_FILES = 4;

/** What other runtimes are made of does not move a simulated point. */
const NOT_SIMULATED = /^engine\/(sync|runtimes\/(?!virtual\/))/;

export function codeChange(base: RecordedRun, current: RecordedRun, runtime: string): string[] {
  const versions = base.acklab === current.acklab ? [] : [`acklab ${base.acklab}, now ${current.acklab}`];
  const files = Object.keys({ ...base.code, ...current.code }).filter(
    (file) => base.code[file] !== current.code[file] && !(runtime === 'virtual' && NOT_SIMULATED.test(file)),
  );
  if (files.length === 0) return versions;
  const named = files.slice(0, NAMED_FILES).join(', ');
  const rest = files.length > NAMED_FILES ? ` and ${files.length - NAMED_FILES} more` : '';
  return [...versions, `code: ${named}${rest}`];
}

function changesOf(pairs: readonly Pair[], causes: readonly string[]): Change[] {
  const counts = new Map<string, number>();
  for (const text of pairs.flatMap(({ changes }) => changes)) counts.set(text, (counts.get(text) ?? 0) + 1);
  const settings = [...counts].map(([text, points]) => ({ text, points }));
  const code = causes.filter((text) => !counts.has(text));
  return [...settings, ...code.map((text) => ({ text, points: pairs.length }))];
}
