/** What may be changed, to what, and what each change is reckoned to cost: the space in which a plan is looked for. */
import { checkSettings, SettingsError } from '../engine/protocol/check-settings.js';
import {
  type Distribution,
  PARAMETERS,
  type ParameterName,
  type Settings,
  semiSyncReplicas,
  WAIT_POINTS,
} from '../engine/protocol/parameters.js';
import type { Calibrations } from '../workloads/calibration.js';
import { InputError } from '../workloads/input-error.js';
import { mergeSettings, parseSetting, type Setting } from '../workloads/setting.js';
import { crashClaims, isWeaker } from './crash-claims.js';

/** What a change takes, from the least: of two sets with equally many changes, the one whose hardest is easier is smaller. */
const EFFORTS = ['setting', 'weaker setting', 'machines', 'disk', 'distance', 'version'] as const;
export type Effort = (typeof EFFORTS)[number];

export interface Change {
  /** What changes together is one change: binlog and redo log lie on one disk. */
  readonly settings: readonly Setting[];
  readonly effort: Effort;
  /** How far along the values that were proposed: the nearest is 1. */
  readonly steps: number;
}

/** The alternatives for one thing; a set of changes takes one of them at most. */
export type Dimension = readonly Change[];

/** The present configuration, or it with some changes. */
export interface Candidate {
  readonly changes: readonly Change[];
  readonly settings: Settings;
}

export interface Present {
  /** What the user has, as `--set` gives it; the rest are the profile's calibrated defaults. */
  readonly given: readonly Setting[];
  readonly calibrations: Calibrations;
}

/** Faster disks and shorter distances that can be bought: a step of two each, as tables of vendors go. */
const STEPS_US = [1000, 500, 200, 100];

const noSamples = (): never => {
  throw new InputError('a proposed value names no file of samples');
};

/** `text`: `name=value`. */
export function proposed(text: string): Setting {
  const equals = text.indexOf('=');
  return parseSetting(text.slice(0, equals) as ParameterName, text.slice(equals + 1), text, noSamples);
}

/** The parameters that are proposed of their own accord, in the order of their effort. */
export const DEFAULT_DIMENSIONS = [
  'wait_point',
  'wait_for_slave_count',
  'sync_relay_log',
  'binlog_fsync',
  'relay_fsync',
  'rtt',
  'profile',
] as const satisfies readonly ParameterName[];
export type DefaultDimension = (typeof DEFAULT_DIMENSIONS)[number];

const isFixed = (cost: Distribution): boolean => cost.kind === 'constant';
const us = (mean: number): string => `${mean}us`;

/** Values of a per-replica cost with none above `most`. */
const noneAbove = (costs: readonly Distribution[], most: number): string =>
  costs.map(({ mean }) => us(Math.min(mean, most))).join('/');

function changesOf(name: DefaultDimension, settings: Settings): string[][] {
  const { binlog_fsync, redo_fsync, relay_fsync, rtt } = settings;
  const below = (costs: readonly Distribution[]): number[] =>
    costs.every(isFixed) ? STEPS_US.filter((step) => costs.some(({ mean }) => step < mean)) : [];
  switch (name) {
    case 'wait_point':
      return WAIT_POINTS.filter((point) => point !== 'ASYNC').map((point) => [`wait_point=${point}`]);
    case 'wait_for_slave_count': {
      const counts = semiSyncReplicas(settings).map((_, index) => index + 1);
      const away = (count: number): number => Math.abs(count - settings.wait_for_slave_count);
      return counts.sort((a, b) => away(a) - away(b)).map((count) => [`wait_for_slave_count=${count}`]);
    }
    case 'sync_relay_log':
      return [['sync_relay_log=10000'], ['sync_relay_log=1']];
    case 'binlog_fsync':
      return below([binlog_fsync, redo_fsync]).map((step) => [
        `binlog_fsync=${noneAbove([binlog_fsync], step)}`,
        `redo_fsync=${noneAbove([redo_fsync], step)}`,
      ]);
    case 'relay_fsync':
      // Otherwise it is fsynced so rarely that nobody waits for it.
      if (settings.sync_relay_log !== 1) return [];
      return below(relay_fsync).map((step) => [`relay_fsync=${noneAbove(relay_fsync, step)}`]);
    case 'rtt':
      return below(rtt).map((step) => [`rtt=${noneAbove(rtt, step)}`]);
    case 'profile':
      return settings.profile === 'mysql-5.6' ? [['profile=mysql-5.7']] : [];
  }
}

export function defaultDimension(name: DefaultDimension, present: Present): Dimension {
  const settings = mergeSettings(present.given, present.calibrations);
  return dimension(
    changesOf(name, settings).map((texts) => texts.map(proposed)),
    present,
  );
}

/** The given alternatives, nearest first; what changes nothing is left out by `candidatesWith`. */
export function dimension(alternatives: readonly (readonly Setting[])[], present: Present): Dimension {
  const now = mergeSettings(present.given, present.calibrations);
  return alternatives.map((settings, index) => ({ settings, effort: effortOf(settings, now), steps: index + 1 }));
}

function effortOf(settings: readonly Setting[], now: Settings): Effort {
  const [{ name } = { name: 'profile' as const }] = settings;
  if (name === 'rtt' || name === 'bandwidth') return 'distance';
  if (name.endsWith('_fsync')) return 'disk';
  const { group } = PARAMETERS[name];
  if (name === 'profile' || group === 'version') return 'version';
  if (group !== 'replication' && name !== 'semisync') return 'machines';
  const then = { ...now, ...Object.fromEntries(settings.map((setting) => [setting.name, setting.value])) };
  return isWeaker(crashClaims(now), crashClaims(then)) ? 'weaker setting' : 'setting';
}

/** Do the settings contradict neither each other nor what their version knows? */
export function isPossible(settings: Settings): boolean {
  try {
    checkSettings(settings);
    return true;
  } catch (error) {
    if (error instanceof SettingsError) return false;
    throw error;
  }
}

/** The present configuration with some changes; `null` where they contradict it or each other. */
export function candidateOf(present: Present, changes: readonly Change[]): Candidate | null {
  const changed = [...present.given, ...changes.flatMap((change) => change.settings)];
  const settings = mergeSettings(changed, present.calibrations);
  return isPossible(settings) ? { changes, settings } : null;
}

/**
 * All possible candidates with exactly so many changes, each with an effect: an upgrade that brings AFTER_SYNC along
 * leaves nothing for a change of the wait point.
 */
export function candidatesWith(present: Present, dimensions: readonly Dimension[], changes: number): Candidate[] {
  return choices(dimensions, changes).flatMap((chosen) => {
    const candidate = candidateOf(present, chosen);
    if (candidate === null) return [];
    const text = settingsText(candidate.settings);
    const isIdle = chosen.some((_, at) => {
      const without = candidateOf(present, chosen.toSpliced(at, 1));
      return without !== null && settingsText(without.settings) === text;
    });
    return isIdle ? [] : [candidate];
  });
}

/** A list of equal values says what one of them does. */
export const settingsText = (settings: Settings): string =>
  JSON.stringify(settings, (_, value: unknown) =>
    Array.isArray(value) && value.every((one) => JSON.stringify(one) === JSON.stringify(value[0])) ? [value[0]] : value,
  );

function choices(dimensions: readonly Dimension[], count: number): Change[][] {
  if (count === 0) return [[]];
  return dimensions.flatMap((own, at) =>
    choices(dimensions.slice(at + 1), count - 1).flatMap((others) => own.map((change) => [change, ...others])),
  );
}

/** Fewest changes first, then the set whose hardest change is easiest, then the fewest steps. */
export function compareCost(a: readonly Change[], b: readonly Change[]): number {
  if (a.length !== b.length) return a.length - b.length;
  const [hardA, hardB] = [a, b].map((changes) =>
    changes.map(({ effort }) => EFFORTS.indexOf(effort)).sort((x, y) => y - x),
  );
  for (const [at, rank] of hardA!.entries()) {
    if (rank !== hardB![at]) return rank - hardB![at]!;
  }
  const steps = (changes: readonly Change[]): number => changes.reduce((sum, change) => sum + change.steps, 0);
  return steps(a) - steps(b);
}
