/** What the explorer shows, as its reader has set it; and the same as the fragment of a link. */
import {
  knowsWaitPoint,
  PARAMETER_NAMES,
  type ParameterName,
  WAIT_POINTS,
  type WaitPoint,
} from '../../engine/protocol/parameters.js';
import { PROFILE_NAMES, PROFILES, type ProfileName } from '../../engine/protocol/profiles.js';
import { AXES, AXIS_NAMES, MEASURES_SHOWN, type MeasureShown } from './controls.js';

export interface Curve {
  readonly profile: ProfileName;
  readonly wait_point: WaitPoint;
}

export interface ExplorerState {
  /** Never empty, in the order of `CURVES`. */
  readonly curves: readonly Curve[];
  /** The parameter that the curves are drawn along, and its values as `--set` takes them. */
  readonly along: ParameterName;
  readonly at: readonly string[];
  readonly measure: MeasureShown;
  /** Name of the calibrations. */
  readonly costs: string;
  /** Parameters that are set, as `--set` takes them. */
  readonly values: Readonly<Partial<Record<ParameterName, string>>>;
}

export const SHIPPED_COSTS = 'shipped';

/** Every curve there can be. */
export const CURVES: readonly Curve[] = PROFILE_NAMES.flatMap((profile) =>
  WAIT_POINTS.filter((waitPoint) => knowsWaitPoint(PROFILES[profile].choices, waitPoint)).map((wait_point) => ({
    profile,
    wait_point,
  })),
);

export const curveKey = ({ profile, wait_point }: Curve): string => `${profile}:${wait_point}`;

const curvesOf = (...keys: string[]): Curve[] => CURVES.filter((curve) => keys.includes(curveKey(curve)));

export const INITIAL: ExplorerState = {
  curves: curvesOf('mysql-5.6:AFTER_COMMIT', 'mysql-5.7:AFTER_SYNC'),
  along: 'clients',
  at: AXES.clients!,
  measure: 'latency_mean_us',
  costs: SHIPPED_COSTS,
  values: {},
};

export interface Preset {
  readonly title: string;
  readonly state: ExplorerState;
}

const preset = (title: string, curves: readonly Curve[], more: Partial<ExplorerState> = {}): Preset => ({
  title,
  state: { ...INITIAL, ...more, curves },
});

/** The profiles, each as it was calibrated; then what people ask. */
export const PRESETS: readonly Preset[] = [
  preset('MySQL 5.6 and 5.7, as calibrated', INITIAL.curves),
  ...PROFILE_NAMES.map((name) =>
    preset(
      `${PROFILES[name].title}: every wait point`,
      CURVES.filter(({ profile }) => profile === name),
    ),
  ),
  preset(
    'All three versions, with their default wait points',
    CURVES.filter(({ profile, wait_point }) => PROFILES[profile].defaults.wait_point === wait_point),
  ),
  preset(
    'By distance, 32 clients',
    curvesOf('mysql-5.6:AFTER_COMMIT', 'mysql-5.7:AFTER_SYNC', 'mariadb-10.11:AFTER_SYNC'),
    { along: 'rtt', at: AXES.rtt!, values: { clients: '32' } },
  ),
  preset('Replicas on machines of their own, 16 cores', INITIAL.curves, {
    values: { hosts: 'replicas-apart', cores: '16', replicas: '2', rtt: '500us' },
  }),
  preset('Two ACKs of three, in three data centres', curvesOf('mysql-5.7:AFTER_SYNC', 'mysql-5.7:ASYNC'), {
    values: {
      hosts: 'replicas-apart',
      cores: '16',
      replicas: '3',
      rtt: '500us/2ms/10ms',
      wait_for_slave_count: '2',
    },
  }),
  preset('Relay logs that are fsynced after each event', curvesOf('mysql-5.7:AFTER_SYNC', 'mysql-5.7:AFTER_COMMIT'), {
    values: { sync_relay_log: '1', relay_fsync: '1ms' },
  }),
];

/** Only what differs from the initial state stands in a link. */
export function fragmentOf(state: ExplorerState): string {
  const entries: [string, string][] = [];
  const add = (key: string, text: string, initial: string): void => {
    if (text !== initial) entries.push([key, text]);
  };
  add('curves', state.curves.map(curveKey).join(','), INITIAL.curves.map(curveKey).join(','));
  add('along', state.along, INITIAL.along);
  add('at', state.at.join(','), (AXES[state.along] ?? []).join(','));
  add('measure', state.measure, INITIAL.measure);
  add('costs', state.costs, SHIPPED_COSTS);
  for (const [name, text] of Object.entries(state.values)) entries.push([name, text]);
  return new URLSearchParams(entries).toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/');
}

export interface ReadFragment {
  readonly state: ExplorerState;
  /** What in the fragment means nothing here, each in a sentence. */
  readonly problems: readonly string[];
}

/** Whatever a link says that cannot be is told, and left at its initial value. */
export function readFragment(fragment: string, costs: readonly string[]): ReadFragment {
  const problems: string[] = [];
  const values: Partial<Record<ParameterName, string>> = {};
  let state = INITIAL;
  const params = new URLSearchParams(fragment.replace(/^#/, ''));
  const one = <T extends string>(key: string, text: string, known: readonly T[], take: (value: T) => void): void => {
    const value = known.find((each) => each === text);
    if (value === undefined) problems.push(`The link says ${key}=${text}, which is none of ${known.join(', ')}.`);
    else take(value);
  };
  for (const [key, text] of params) {
    if (key === 'curves') {
      const asked = text.split(',');
      const curves = curvesOf(...asked);
      const unknown = asked.filter((each) => !curves.some((curve) => curveKey(curve) === each));
      if (unknown.length > 0) problems.push(`The link asks for curves that there are none of: ${unknown.join(', ')}.`);
      if (curves.length > 0) state = { ...state, curves };
    } else if (key === 'along') {
      one(key, text, AXIS_NAMES, (along) => {
        state = { ...state, along, at: params.has('at') ? state.at : AXES[along]! };
      });
    } else if (key === 'at') state = { ...state, at: splitList(text) };
    else if (key === 'measure') {
      one(key, text, MEASURES_SHOWN, (measure) => {
        state = { ...state, measure };
      });
    } else if (key === 'costs') {
      one(key, text, costs, (name) => {
        state = { ...state, costs: name };
      });
    } else if ((PARAMETER_NAMES as readonly string[]).includes(key)) values[key as ParameterName] = text;
    else problems.push(`The link sets "${key}", which is no parameter.`);
  }
  return { state: { ...state, values }, problems };
}

/** Values along an axis are plain, so every comma parts two. */
export const splitList = (text: string): string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
