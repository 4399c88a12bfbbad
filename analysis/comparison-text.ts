/** A comparison in words, for whoever prints it: terminal, Markdown, JUnit, annotations. */
import { columnInfo, quantityText } from './chart-columns.js';
import { type Comparison, countAnswers, type Judgement } from './comparison.js';
import { ANSWERS, type Answer } from './judgement.js';

const PLURAL: Partial<Record<Answer, string>> = { regression: 'regressions', improvement: 'improvements' };

/** `2 regressions, 1 improvement, 0 too noisy to tell, 57 no difference`. */
export const answersText = (comparison: Comparison): string =>
  ANSWERS.map((answer) => {
    const count = countAnswers(comparison, answer);
    return `${count} ${count === 1 ? answer : (PLURAL[answer] ?? answer)}`;
  }).join(', ');

/** `60 comparisons at 20 points; worth reporting: 5 % or more`. */
export function scopeText({ judgements, points, threshold }: Comparison): string {
  const counts = `${judgements.length} comparisons at ${points} ${points === 1 ? 'point' : 'points'}`;
  const identical = judgements.filter((one) => one.identical).length;
  const simulated = judgements.some((one) => one.runtime === 'virtual');
  const exact = simulated ? `, ${identical} of them identical` : '';
  return `${counts}${exact}; worth reporting: ${percentText(threshold)} or more`;
}

const percentText = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;

/** `-11.3 %`. */
export function changeText(ratio: number): string {
  if (!Number.isFinite(ratio)) return 'from nothing';
  const percent = 100 * (ratio - 1);
  return `${percent < 0 ? '-' : '+'}${Math.abs(percent).toFixed(1)} %`;
}

/** `-13.0 … -9.4 %`; empty where the comparison is exact. */
export function changeIntervalText({ interval }: Judgement): string {
  if (interval === null) return '';
  const [low, high] = interval.map(changeText);
  return Number.isFinite(interval[1]) ? `${low!.replace(' %', '')} … ${high}` : 'unknown';
}

export const metricText = (metric: string): string => columnInfo(metric).noun;

export const sideText = (judgement: Judgement, side: 'base' | 'current'): string =>
  quantityText(judgement.metric, judgement[side], 4);

/** `throughput 1,240 tx/s, now 1,100 tx/s: -11.3 % (-13.0 … -9.4 %)`. */
export function judgementText(one: Judgement): string {
  const interval = changeIntervalText(one);
  const change = `${changeText(one.ratio)}${interval && ` (${interval})`}`;
  return `${metricText(one.metric)} ${sideText(one, 'base')}, now ${sideText(one, 'current')}: ${change}`;
}

export const judgedPlace = ({ part, point }: Judgement): string => `${part}: ${point}`;

/** In how many points something was changed between the runs; empty where nothing was. */
export const changeLines = ({ changes, points }: Comparison): string[] =>
  changes.map((change) => (change.points === points ? change.text : `${change.text} (${change.points} points)`));

/** What a reader has to know who would act on the answers. */
export function adviceLines(comparison: Comparison): string[] {
  const { judgements, missing, added } = comparison;
  const lines: string[] = [];
  if (missing.length > 0) lines.push(`not in ${comparison.current.name}: ${shortList(missing)}`);
  if (added.length > 0) lines.push(`only in ${comparison.current.name}: ${shortList(added)}`);
  const moved = judgements.filter((one) => !one.identical && one.p === null);
  if (moved.length > 0) {
    lines.push(
      moved.some(({ because }) => because.length === 0)
        ? 'neither a parameter nor code of the engine differs between these runs, yet their results do: please report this'
        : 'one seed a point: that it moved is certain, how far other draws move it is not; sweep several seeds to tell',
    );
  }
  if (judgements.some((one) => one.answer === 'too noisy to tell')) {
    const more = comparison.repetitions_wanted;
    lines.push(
      more === null
        ? 'too noisy to tell: take more repetitions, or a larger --threshold'
        : `too noisy to tell: no measured difference could be significant; take at least ${more} repetitions (--repetitions ${more})`,
    );
  }
  return lines;
}

const LISTED = 5;

const shortList = (texts: readonly string[]): string =>
  `${texts.slice(0, LISTED).join('; ')}${texts.length > LISTED ? ` and ${texts.length - LISTED} more` : ''}`;

/** Regressions first, the worst of them before all others; then what is good news, then what is no news. */
export function byWeight(judgements: readonly Judgement[]): Judgement[] {
  const size = ({ ratio }: Judgement): number => Math.abs(Math.log(ratio));
  return [...judgements].sort(
    (a, b) => ANSWERS.indexOf(a.answer) - ANSWERS.indexOf(b.answer) || size(b) - size(a) || 0,
  );
}
