/** What the crashes of a part have shown, a sentence for each variant; every share with its interval. */

import { numberText } from './chart-columns.js';
import { type CrashCell, type Loss, pooled } from './crash-cells.js';
import { type Proportion, ruleOfThree } from './proportion.js';

const percent = (share: number): string => (share === 1 ? '100' : numberText(100 * share, share > 0.99 ? 3 : 2));

/** `9.8 % (8.3 to 12 %)`; `none of 600 (below 0.5 %)`. */
export function shareText(share: Proportion): string {
  const { seen, of, low, high } = share;
  if (seen === 0) return `none of ${numberText(of, 6)} (below ${percent(ruleOfThree(of))} %)`;
  return `${percent(share.share)} % (${percent(low)} to ${percent(high)} %)`;
}

/** In the order in which they come. */
export function byVariant(cells: readonly CrashCell[]): Map<string, CrashCell[]> {
  const found = new Map<string, CrashCell[]>();
  for (const cell of cells) found.set(cell.run.variant, [...(found.get(cell.run.variant) ?? []), cell]);
  return found;
}

export function crashFindings(cells: readonly CrashCell[]): string[] {
  return [...byVariant(cells)].map(([variant, members]) => {
    const byWaitPoint = new Map<string, CrashCell[]>();
    for (const cell of members) {
      const { wait_point } = cell.run.settings;
      byWaitPoint.set(wait_point, [...(byWaitPoint.get(wait_point) ?? []), cell]);
    }
    const clauses = [...byWaitPoint].map(([waitPoint, own]) => `${waitPoint} ${clause(own)}`).join('; ');
    return variant === '' ? `${clauses}.` : `${capital(variant)}: ${clauses}.`;
  });
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function clause(cells: readonly CrashCell[]): string {
  const nothing = [pooled(cells, 'acknowledged_lost'), pooled(cells, 'phantom')].every((shares) =>
    shares.every(({ share }) => share.seen === 0),
  );
  if (nothing) {
    const of = cells.reduce((sum, { run }) => sum + run.results.length, 0);
    return `lost none and showed no phantom in ${numberText(of, 6)} crashes (each below ${percent(ruleOfThree(of))} %)`;
  }
  const [lost, phantom] = [sharesText(cells, 'acknowledged_lost'), sharesText(cells, 'phantom')];
  return `lost acknowledged transactions in ${lost}, and showed phantoms in ${phantom}`;
}

const sharesText = (cells: readonly CrashCell[], loss: Loss): string =>
  pooled(cells, loss)
    .map(({ at, share }) => `${shareText(share)}${at === '' ? '' : ` at ${at}`}`)
    .join(' but ');
