/** Axes: which scale suits the data, round domains, tick values, and labels at line ends that do not overlap. */
import type { Cell } from './chart-columns.js';

export type ScaleKind = 'linear' | 'log' | 'ordinal';

/** From this ratio of largest to smallest on, equal distances stand for equal factors. */
const LOG_FROM_X = 8;
const LOG_FROM_Y = 30;

const numbers = (values: readonly Cell[]): number[] => values.filter((value) => typeof value === 'number');

/** The scale of the x axis. A log axis cannot show 0, and text has no distances: both become ordinal. */
export function xScaleKind(values: readonly Cell[], asked: ScaleKind | undefined, ordinalColumn: boolean): ScaleKind {
  const known = numbers(values);
  if (known.length < values.length || values.length === 1) return 'ordinal';
  const low = Math.min(...known);
  const high = Math.max(...known);
  if (asked !== undefined) return asked === 'log' && low <= 0 ? 'ordinal' : asked;
  if (ordinalColumn) return 'ordinal';
  const positive = Math.min(...known.filter((value) => value > 0));
  if (high < positive * LOG_FROM_X) return 'linear';
  return low > 0 ? 'log' : 'ordinal';
}

export function yScaleKind(values: readonly number[], asked: 'log' | 'linear' | undefined): 'log' | 'linear' {
  const low = Math.min(...values);
  if (asked !== undefined) return asked === 'log' && low <= 0 ? 'linear' : asked;
  return low > 0 && Math.max(...values) >= low * LOG_FROM_Y ? 'log' : 'linear';
}

export interface Axis {
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

/** 1, 2 or 5 times a power of ten, at least `rough`: about `count` ticks to `span`. */
function roundStep(span: number, count: number): number {
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10;
  return step * power;
}

/** Multiples of a binary fraction drift (0.30000000000000004): a tick is what its label says. */
const clean = (value: number): number => Number(value.toPrecision(12));

/** Share of the axis kept free above the highest point, whose mark would otherwise stand out of the plot. */
const HEADROOM = 0.03;

/** From zero, where bars and areas begin and where half a height is half a value. */
export function linearAxis(values: readonly number[], count = 5): Axis {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  if (low === high) return { domain: [0, 1], ticks: [0, 1] };
  const step = roundStep(high - low, count);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => clean((first + index) * step));
  return { domain: [ticks[0]!, Math.max(ticks.at(-1)!, high + HEADROOM * (high - low))], ticks };
}

/** Between round numbers outside the data; ticks at 1, 2, 5 over few decades, at powers of ten over many. */
export function logAxis(values: readonly number[]): Axis {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (low === high) return logAxis([low / 2, high * 2]);
  const between = (from: number, to: number, factors: readonly number[]): number[] => {
    const found: number[] = [];
    for (let exponent = Math.floor(Math.log10(from)); exponent <= Math.ceil(Math.log10(to)); exponent++) {
      for (const factor of factors) {
        const tick = clean(factor * 10 ** exponent);
        if (tick >= from && tick <= to) found.push(tick);
      }
    }
    return found;
  };
  // A bound may cut off 2 % of its nearest point's height: no reason for another step of white space.
  const steps = between(low / 10, high * 10, [1, 2, 5]);
  const bottom = steps.findLast((step) => step <= low * 1.02)!;
  const top = steps.find((step) => step >= high * 0.98)!;
  const domain = [Math.min(low, bottom), Math.max(high * (high / low) ** HEADROOM, top)] as const;
  const decades = Math.log10(domain[1] / domain[0]);
  const factors = decades > 3.2 ? [1] : decades > 2.2 ? [1, 3] : [1, 2, 5];
  return { domain, ticks: between(...domain, factors) };
}

/**
 * The x values that were measured, as ticks: as many as fit `room` pixels at `gap` pixels each, first and last kept.
 */
export function measuredTicks(values: readonly number[], kind: 'linear' | 'log', room: number, gap: number): number[] {
  const at = kind === 'log' ? Math.log : (value: number) => value;
  const first = values[0]!;
  const last = values.at(-1)!;
  // A hair more than there is: logarithms of powers of two are a rounding error too short.
  const scale = (room * (1 + 1e-9)) / (at(last) - at(first) || 1);
  const kept = [first];
  for (const value of values.slice(1, -1)) {
    const fromPrevious = (at(value) - at(kept.at(-1)!)) * scale;
    if (fromPrevious >= gap && (at(last) - at(value)) * scale >= gap) kept.push(value);
  }
  if (last !== first) kept.push(last);
  return kept;
}

/**
 * Moves labels apart vertically by as little as possible: given where each belongs (pixels from the top, any order),
 * returns where each goes, at least `gap` apart and within 0…height; `undefined` when they do not fit.
 * Overlapping neighbours merge into a block centred on the mean of their wishes (pool-adjacent-violators, as isotonic
 * regression does it), which minimises the sum of squared moves.
 */
export function spreadLabels(wishes: readonly number[], gap: number, height: number): number[] | undefined {
  if ((wishes.length - 1) * gap > height) return undefined;
  const order = wishes.map((wish, index) => ({ wish, index })).sort((a, b) => a.wish - b.wish || a.index - b.index);
  interface Block {
    size: number;
    /** Sum over the block of wish − place within the block: its mean is where the block's top wants to be. */
    sum: number;
  }
  const blocks: Block[] = [];
  const top = ({ sum, size }: Block): number => Math.min(Math.max(sum / size, 0), height - (size - 1) * gap);
  for (const { wish } of order) {
    let block: Block = { size: 1, sum: wish };
    for (let above = blocks.at(-1); above !== undefined; above = blocks.at(-1)) {
      if (top(above) + above.size * gap <= top(block)) break;
      blocks.pop();
      block = { size: above.size + block.size, sum: above.sum + block.sum - block.size * above.size * gap };
    }
    blocks.push(block);
  }
  const places: number[] = new Array(wishes.length).fill(0);
  let next = 0;
  for (const block of blocks) {
    for (let within = 0; within < block.size; within++) {
      places[order[next++]!.index] = top(block) + within * gap;
    }
  }
  return places;
}
