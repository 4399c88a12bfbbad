/** From what the reader has set to the sweep it means: the same source that `acklab sweep` reads from the YAML. */
import { checkSettings, SettingsError } from '../../engine/protocol/check-settings.js';
import { PARAMETERS, type ParameterName, type Settings } from '../../engine/protocol/parameters.js';
import { PROFILES, type ProfileName } from '../../engine/protocol/profiles.js';
import type { Calibration, Calibrations } from '../../workloads/calibration.js';
import { POINT_COLUMNS } from '../../workloads/columns.js';
import { expandSweep } from '../../workloads/expand.js';
import { mergeSettings, type Setting } from '../../workloads/setting.js';
import { formatValue, parseValue, ValueError } from '../../workloads/units.js';
import type { ChartRequest, Part } from '../../workloads/workload.js';
import type { SweepSource, VariantSource } from '../../workloads/workload-file.js';
import { type Curve, type ExplorerState, SHIPPED_COSTS } from './state.js';

/** Calibrations by a name to choose them by; `shipped` are those that `acklab sweep` takes by itself. */
export interface CostSet {
  readonly name: string;
  readonly title: string;
  readonly calibrations: readonly Calibration[];
}

/** Something that cannot be, and the control to mend it at. */
export interface Problem {
  readonly at: ParameterName | 'at' | 'curves';
  readonly message: string;
}

export interface Experiment {
  /** Curves that are possible as things are set; `undefined` when none is, or a value cannot be read. */
  readonly source: SweepSource | undefined;
  readonly part: Part | undefined;
  readonly problems: readonly Problem[];
}

const NAME = 'explored';
/** Above this many points nobody is dragging any more. */
const MAX_POINTS = 400;

export const noSamples = (): never => {
  throw new ValueError('a page reads no files; write constant, exponential or lognormal');
};

function setting<K extends ParameterName>(name: K, raw: string): Setting {
  const value: Settings[K] = parseValue(name, raw, noSamples);
  return { name, value, text: formatValue(name, value), place: name };
}

/** The settings that can be read; what cannot becomes a problem. */
function settings(texts: readonly (readonly [ParameterName, string])[], at: Problem['at'] | undefined) {
  const found: Setting[] = [];
  const problems: Problem[] = [];
  for (const [name, text] of texts) {
    try {
      found.push(setting(name, text));
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      problems.push({ at: at ?? name, message: error.message });
    }
  }
  return { found, problems };
}

/** Where one thing tells the curves apart, that is their name; it then looks as it does in every chart. */
function curveName(curve: Curve, curves: readonly Curve[]): string {
  const { title } = PROFILES[curve.profile];
  const profiles = new Set(curves.map(({ profile }) => profile));
  if (profiles.size === curves.length) return title;
  return profiles.size === 1 ? curve.wait_point : curveTitle(curve);
}

const calibrationOf = (set: CostSet, profile: ProfileName): Partial<Settings> =>
  set.calibrations.find((calibration) => calibration.profile === profile)?.settings ?? {};

/** Costs that `acklab sweep` would not know by itself stand in the variant, but for those that the reader has set. */
function variantOf(curve: Curve, state: ExplorerState, set: CostSet): VariantSource {
  const choice = [setting('profile', curve.profile), setting('wait_point', curve.wait_point)];
  const costs =
    set.name === SHIPPED_COSTS
      ? []
      : Object.entries(calibrationOf(set, curve.profile)).flatMap(([key, value]) => {
          const name = key as ParameterName;
          if (name in state.values || name === state.along) return [];
          return [{ name, value, text: formatValue(name, value as never), place: name } as Setting];
        });
  const name = curveName(curve, state.curves);
  return { name, set: [...choice, ...costs], shifts: [], place: 'curves' };
}

/** The column that shows a parameter. */
export const columnOf = (name: ParameterName): string =>
  POINT_COLUMNS.find((column) => column === name || column === `${name}_us`)!;

function chartRequests(state: ExplorerState, variants: readonly VariantSource[]): ChartRequest[] {
  const x = columnOf(state.along);
  const compare = variants.length === 2 ? { compare: [variants[1]!.name, variants[0]!.name] as const } : {};
  const common = { x, series: 'variant', ...compare };
  return [
    { name: 'explored-throughput', subject: 'Throughput', y: 'tps', ...common },
    { name: 'explored-measure', subject: SUBJECTS[state.measure], y: state.measure, ...common },
  ];
}

const SUBJECTS: Readonly<Record<ExplorerState['measure'], string>> = {
  latency_mean_us: 'Mean latency',
  latency_p50_us: 'Median latency',
  latency_p95_us: '95th percentile of latency',
  latency_p99_us: '99th percentile of latency',
  ack_wait_mean_us: 'Mean wait for the ACK',
  group_size_mean: 'Transactions per commit group',
  host_cpu_busy: "CPU of the source's host",
};

function sourceOf(
  state: ExplorerState,
  set: readonly Setting[],
  values: readonly Setting[],
  variants: readonly VariantSource[],
): SweepSource {
  const placeOf = (): string => NAME;
  return {
    kind: 'sweep',
    name: NAME,
    title: 'Explored',
    question: `What changes along ${state.along}?`,
    description: `What changes along ${state.along}?`,
    place: NAME,
    runtime: 'virtual',
    set,
    axes: [{ name: state.along, values, place: 'at' }],
    variants,
    skip: [],
    charts: chartRequests(state, variants).map((request) => ({ request, placeOf })),
  };
}

/** Values along the axis that the column can tell apart and put on a scale. */
function checkAxis(name: ParameterName, values: readonly Setting[]): Problem[] {
  if (values.length === 0) return [{ at: 'at', message: 'no value; give some, separated by commas' }];
  const twice = values.find(({ text }, index) => values.findIndex((other) => other.text === text) < index);
  if (twice) return [{ at: 'at', message: `${twice.text} stands twice; leave one out` }];
  if (PARAMETERS[name].kind !== 'cost') return [];
  const vague = values.find(({ value }) => [value].flat().some((one) => (one as { kind: string }).kind !== 'constant'));
  const several = values.find(({ value }) => Array.isArray(value) && value.length > 1);
  const bad = vague ?? several;
  return bad ? [{ at: 'at', message: `${bad.text} is no single time; along an axis, give times` }] : [];
}

/** The sweep without the curves that cannot be as things are set, and a problem for each of those. */
export function experimentOf(state: ExplorerState, costs: readonly CostSet[]): Experiment {
  const chosen = costs.find(({ name }) => name === state.costs) ?? costs[0]!;
  const shipped = new Map(
    costs.find(({ name }) => name === SHIPPED_COSTS)!.calibrations.map((one) => [one.profile, one] as const),
  );
  const entries = Object.entries(state.values) as [ParameterName, string][];
  const given = settings(
    entries.filter(([name]) => name !== state.along),
    undefined,
  );
  const along = settings(
    state.at.map((text) => [state.along, text] as const),
    'at',
  );
  const problems = [...given.problems, ...along.problems];
  if (problems.length === 0) problems.push(...checkAxis(state.along, along.found));
  if (along.found.length * state.curves.length > MAX_POINTS) {
    problems.push({ at: 'at', message: `these are more than ${MAX_POINTS} points; give fewer values` });
  }
  if (problems.length > 0) return { source: undefined, part: undefined, problems };

  const curves = state.curves.filter((curve) => {
    const problem = impossible(sourceOf(state, given.found, along.found, [variantOf(curve, state, chosen)]), shipped);
    if (problem) problems.push({ ...problem, message: `${curveTitle(curve)} is left out: ${problem.message}` });
    return !problem;
  });
  if (curves.length === 0) return { source: undefined, part: undefined, problems };
  const variants = curves.map((curve) => variantOf(curve, { ...state, curves }, chosen));
  const source = sourceOf(state, given.found, along.found, variants);
  return { source, part: expandSweep(source, undefined, { calibrations: shipped, overrides: [] }, 0), problems };
}

export const curveTitle = ({ profile, wait_point }: Curve): string => `${PROFILES[profile].title}, ${wait_point}`;

/** Why a curve cannot be, at the first of its points that cannot. */
function impossible({ set, axes, variants }: SweepSource, calibrations: Calibrations): Problem | undefined {
  const [axis] = axes;
  for (const value of axis!.values) {
    try {
      checkSettings(mergeSettings([...set, ...variants[0]!.set, value], calibrations));
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      const { parameter, message } = error;
      const at = parameter === axis!.name ? 'at' : parameter === 'wait_point' ? 'curves' : parameter;
      return { at, message: message.slice(`${parameter}: `.length) };
    }
  }
  return undefined;
}
