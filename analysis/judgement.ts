/** One quantity of one point, in two runs: what may be said of it. */
import { median } from 'simple-statistics';
import { medianRatioInterval } from './bootstrap.js';
import { leastPossibleP, mannWhitney } from './mann-whitney.js';
import { holm } from './multiple-tests.js';
import type { Better } from './recorded-run.js';

/** "No difference" is a finding; "too noisy to tell" is the want of one, and calls for more repetitions. */
export const ANSWERS = ['regression', 'improvement', 'too noisy to tell', 'no difference'] as const;
export type Answer = (typeof ANSWERS)[number];

/** How often all that is compared may together raise an alarm though nothing differs. */
export const ALPHA = 0.05;

export interface Samples {
  readonly better: Better;
  readonly base: readonly number[];
  readonly current: readonly number[];
  /** Simulated once each, with one seed: there is no noise between the two. */
  readonly exact: boolean;
}

export interface Judged {
  readonly answer: Answer;
  /** Medians over the repetitions. */
  readonly base: number;
  readonly current: number;
  /** Current over base. */
  readonly ratio: number;
  /** 95 % interval of `ratio`; null where the comparison is exact, or both sides are identical. */
  readonly interval: readonly [number, number] | null;
  /** Of no difference, corrected for all that is compared; null as `interval` is. */
  readonly p: number | null;
  readonly repetitions: readonly [number, number];
  /** To nine digits, in every repetition. */
  readonly identical: boolean;
}

/** A change of `threshold` (a share of 1) or more is worth reporting. `uniform` gives numbers in (0, 1). */
export function judgeAll(all: readonly Samples[], threshold: number, uniform: () => number): Judged[] {
  const tested = all.filter(({ exact }) => !exact);
  const ps = holm(tested.map(({ base, current }) => mannWhitney(base, current)));
  const corrected = new Map(tested.map((samples, index) => [samples, ps[index]!]));
  return all.map((samples): Judged => {
    const [base, current] = [median([...samples.base]), median([...samples.current])];
    const identical = areIdentical(samples);
    const p = identical ? null : (corrected.get(samples) ?? null);
    const told = {
      base,
      current,
      ratio: base === current ? 1 : current / base,
      interval: p === null ? null : intervalOf(samples, uniform),
      p,
      repetitions: [samples.base.length, samples.current.length] as const,
      identical,
    };
    return { ...told, answer: answerOf(told, samples.better, threshold) };
  });
}

const areIdentical = ({ base, current }: Samples): boolean =>
  base.length === current.length && base.every((value, index) => value === current[index]);

/** Nothing is known of a ratio to a base that may be nothing. */
const intervalOf = ({ base, current }: Samples, uniform: () => number): readonly [number, number] =>
  base.every((value) => value > 0) ? medianRatioInterval(base, current, uniform) : [0, Number.POSITIVE_INFINITY];

function answerOf({ ratio, interval, p }: Omit<Judged, 'answer'>, better: Better, threshold: number): Answer {
  const [low, high] = interval ?? [ratio, ratio];
  if (low > 1 - threshold && high < 1 + threshold) return 'no difference';
  const isReported = Math.abs(ratio - 1) >= threshold && (p === null || p <= ALPHA);
  if (!isReported) return 'too noisy to tell';
  return ratio > 1 === (better === 'more') ? 'improvement' : 'regression';
}

/**
 * How many repetitions each side needs before any of `count` differences could be significant; undefined where those
 * taken are enough. A gate that cannot close is none.
 */
export function repetitionsWanting(all: readonly Samples[]): number | undefined {
  const tested = all.filter(({ exact }) => !exact);
  if (tested.every(areIdentical)) return undefined;
  const within = (p: number): boolean => p * tested.length <= ALPHA;
  if (tested.some(({ base, current }) => within(leastPossibleP(base.length, current.length)))) return undefined;
  let enough = 2;
  while (!within(leastPossibleP(enough, enough))) enough++;
  return enough;
}
