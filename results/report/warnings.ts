/** Warnings of many points, those that differ in their numbers alone told once: on a busy machine every point has its own. */
import type { SweepRow } from '../../analysis/row.js';

export interface Warning {
  /** Numbers that differ stand as `lowest to highest`. */
  readonly text: string;
  /** `points 3, 7–12`. */
  readonly points: string;
}

const NUMBER = /\d+(?:\.\d+)?/g;
const skeleton = (text: string): string => text.replace(NUMBER, '#');
/** What follows a colon may be a list that no other point has. */
const head = (text: string): string => text.split(': ')[0]!;

export function gatheredWarnings(rows: readonly Pick<SweepRow, 'warnings' | 'point'>[]): Warning[] {
  const kinds = new Map<string, { texts: string[]; points: number[] }>();
  for (const { warnings, point } of rows) {
    for (const text of (warnings ?? '').split('; ').filter((part) => part !== '')) {
      const kind = skeleton(head(text));
      const known = kinds.get(kind) ?? { texts: [], points: [] };
      known.texts.push(text);
      if (known.points.at(-1) !== point) known.points.push(point);
      kinds.set(kind, known);
    }
  }
  return [...kinds.values()].map(({ texts, points }) => ({ text: together(texts), points: pointsText(points) }));
}

function together(texts: readonly string[]): string {
  const [first = ''] = texts;
  if (texts.every((text) => skeleton(text) === skeleton(first))) return withRanges(texts);
  const example = first.slice(head(first).length);
  return `${withRanges(texts.map(head))}${example === '' ? '' : `, for example${example}`}`;
}

function withRanges(texts: readonly string[]): string {
  const numbers = texts.map((text) => (text.match(NUMBER) ?? []).map(Number));
  let place = 0;
  return texts[0]!.replace(NUMBER, (written) => {
    const values = numbers.map((own) => own[place]!);
    place++;
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return low === high ? written : `${low} to ${high}`;
  });
}

function pointsText(points: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const point of [...points].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && point === last[1] + 1) last[1] = point;
    else runs.push([point, point]);
  }
  const told = runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
  return `${points.length === 1 ? 'point' : 'points'} ${told.join(', ')}`;
}
