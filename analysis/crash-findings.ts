/** What the crashes of a part have shown, a sentence for each variant; every share with its interval. */

import { capital, numberText } from './chart-columns.js';
import { type CrashCell, type Loss, pooled } from './crash-cells.js';
import { grouped } from './grouped.js';
import { type Proportion, ruleOfThree } from './proportion.js';

const percent = (share: number): string => (share === 1 ? '100' : numberText(100 * share, share > 0.99 ? 3 : 2));

/** `9.8 % (8.3 to 12 %)`; `none of 600 (below 0.5 %)`. */
export function shareText(share: Proportion): string {
  const { seen, of, low, high } = share;
  if (seen === 0) return `none of ${numberText(of, 6)} (below ${percent(ruleOfThree(of))} %)`;
  return `${percent(share.share)} % (${percent(low)} to ${percent(high)} %)`;
}

export const byVariant = (cells: readonly CrashCell[]): Map<string, CrashCell[]> =>
  grouped(cells, ({ run }) => run.variant);

const byWaitPoint = (members: readonly CrashCell[]): Map<string, CrashCell[]> =>
  grouped(members, ({ run }) => run.settings.wait_point);

export function crashFindings(cells: readonly CrashCell[]): string[] {
  return [...byVariant(cells)].map(([variant, members]) => {
    const clauses = [...byWaitPoint(members)].map(([waitPoint, own]) => `${waitPoint} ${clause(own)}`).join('; ');
    return variant === '' ? `${clauses}.` : `${capital(variant)}: ${clauses}.`;
  });
}

/** The first variant in a line: which wait point lost what, without the shares. */
export function crashHeadline(cells: readonly CrashCell[]): string {
  const [first] = byVariant(cells);
  if (first === undefined) return '';
  const [variant, members] = first;
  const outcomes = new Map<string, string[]>();
  const spared: CrashCell[] = [];
  for (const [waitPoint, own] of byWaitPoint(members)) {
    const outcome = outcomeOf(own);
    if (outcome === NOTHING) spared.push(...own);
    outcomes.set(outcome, [...(outcomes.get(outcome) ?? []), waitPoint]);
  }
  const clauses = [...outcomes].map(([outcome, points]) => `${points.join(' and ')} ${outcome}`);
  const of = spared.length === 0 ? '' : ` in ${numberText(crashesOf(spared), 6)} crashes`;
  return `${variant === '' ? '' : `${capital(variant)}: `}${clauses.join(', ')}${of}.`;
}

const NOTHING = 'lost and showed none';

function outcomeOf(cells: readonly CrashCell[]): string {
  const seen = (loss: Loss): boolean => cells.some(({ crashesWith }) => crashesWith[loss].seen > 0);
  if (seen('acknowledged_lost')) return 'lost acknowledged transactions';
  return seen('phantom') ? 'showed phantoms' : NOTHING;
}

export interface CrashSummary {
  readonly variant: string;
  readonly waitPoint: string;
  /** Shares with their intervals, and the setting that explains them where it takes one. */
  readonly lost: string;
  readonly phantom: string;
}

export const crashSummaries = (cells: readonly CrashCell[]): CrashSummary[] =>
  [...byVariant(cells)].flatMap(([variant, members]) =>
    [...byWaitPoint(members)].map(([waitPoint, own]) => ({
      variant,
      waitPoint,
      lost: sharesText(own, 'acknowledged_lost'),
      phantom: sharesText(own, 'phantom'),
    })),
  );

const crashesOf = (cells: readonly CrashCell[]): number => cells.reduce((sum, { run }) => sum + run.results.length, 0);

function clause(cells: readonly CrashCell[]): string {
  const nothing = [pooled(cells, 'acknowledged_lost'), pooled(cells, 'phantom')].every((shares) =>
    shares.every(({ share }) => share.seen === 0),
  );
  if (nothing) {
    const of = crashesOf(cells);
    return `lost none and showed no phantom in ${numberText(of, 6)} crashes (each below ${percent(ruleOfThree(of))} %)`;
  }
  const [lost, phantom] = [sharesText(cells, 'acknowledged_lost'), sharesText(cells, 'phantom')];
  return `lost acknowledged transactions in ${lost}, and showed phantoms in ${phantom}`;
}

const sharesText = (cells: readonly CrashCell[], loss: Loss): string =>
  pooled(cells, loss)
    .map(({ at, share }) => `${shareText(share)}${at === '' ? '' : ` at ${at}`}`)
    .join(' but ');
