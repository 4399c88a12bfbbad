import { describe, expect, it } from 'vitest';
import {
  FIXED_ORDER,
  fixedStyle,
  HUES,
  PALETTE,
  RAMP,
  rampStyle,
  SURFACES,
  slotStyle,
} from '../../analysis/palette.js';

type Rgb = readonly [number, number, number];
type Matrix = readonly [Rgb, Rgb, Rgb];

const channels = (hex: string): Rgb => {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  return [r!, g!, b!];
};

const linear = (rgb: Rgb): Rgb =>
  rgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as unknown as Rgb;

const dot = (a: Rgb, b: Rgb): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const times = (matrix: Matrix, v: Rgb): Rgb => [dot(matrix[0], v), dot(matrix[1], v), dot(matrix[2], v)];

/** WCAG 2.2, "contrast ratio" and "relative luminance". */
function contrast(a: string, b: string): number {
  const [high, low] = [a, b]
    .map((hex) => dot([0.2126, 0.7152, 0.0722], linear(channels(hex))))
    .sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Machado, Oliveira and Fernandes, IEEE TVCG 15(6), 2009: full severity, on linear RGB. */
const VISION: Readonly<Record<string, Matrix>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIE 1976 L*a*b* of linear sRGB, white point D65. */
function lab(rgb: Rgb): Rgb {
  const xyz = times(
    [
      [0.4124564, 0.3575761, 0.1804375],
      [0.2126729, 0.7151522, 0.072175],
      [0.0193339, 0.119192, 0.9503041],
    ],
    rgb.map((c) => Math.min(1, Math.max(0, c))) as unknown as Rgb,
  );
  const white: Rgb = [0.95047, 1, 1.08883];
  const [fx, fy, fz] = xyz.map((value, i) => {
    const t = value / white[i]!;
    return t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27) * (t / 116) + 16 / 116;
  }) as [number, number, number];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

/** The difference of two colours as somebody with this vision sees it, CIE 1976. */
function difference(a: string, b: string, vision: string): number {
  const [p, q] = [a, b].map((hex) => lab(times(VISION[vision]!, linear(channels(hex))))) as [Rgb, Rgb];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

const pairs = <T>(list: readonly T[]): [T, T][] => list.flatMap((a, i) => list.slice(i + 1).map((b): [T, T] => [a, b]));

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  const background = SURFACES.background[theme];

  it.each(Object.keys(HUES))('%s is legible as a label: at least 4.5:1', (name) => {
    expect(contrast(PALETTE[name]![theme], background)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(Object.keys(RAMP))('%s is visible as a line: at least 3:1', (name) => {
    expect(contrast(PALETTE[name]![theme], background)).toBeGreaterThanOrEqual(3);
  });

  it('text is legible', () => {
    expect(contrast(SURFACES.text[theme], background)).toBeGreaterThanOrEqual(7);
    expect(contrast(SURFACES.muted[theme], background)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(Object.keys(VISION))('%s vision tells profiles apart, and wait points, and steps of the ramp', (vision) => {
    const styled = FIXED_ORDER.map((name) => fixedStyle(name)!.colour);
    const groups = [styled.slice(0, 3), styled.slice(3), Object.keys(RAMP)];
    for (const group of groups) {
      for (const [a, b] of pairs(group)) {
        const seen = difference(PALETTE[a]![theme], PALETTE[b]![theme], vision);
        expect(seen, `${a} and ${b}`).toBeGreaterThan(10);
      }
    }
  });
});

it('would notice a red and a green that a deuteranope confuses', () => {
  expect(difference('#a05a2c', '#6f7d2c', 'normal')).toBeGreaterThan(30);
  expect(difference('#a05a2c', '#6f7d2c', 'deuteranopia')).toBeLessThan(10);
});

it('gives no two series of a chart the same colour, nor the same shape and dash', () => {
  const lists = [FIXED_ORDER.slice(0, 3), FIXED_ORDER.slice(3)].map((names) => names.map((name) => fixedStyle(name)!));
  lists.push(
    [0, 1, 2, 3, 4, 5].map(slotStyle),
    [0, 1, 2, 3, 4].map((index) => rampStyle(index, 5)),
  );
  for (const [a, b] of lists.flatMap(pairs)) {
    expect(a.colour).not.toBe(b.colour);
    expect([a.shape, a.dash]).not.toEqual([b.shape, b.dash]);
  }
});

it('keeps the profiles’ colours to the profiles', () => {
  const own = FIXED_ORDER.slice(0, 3).map((name) => fixedStyle(name)!.colour);
  const others = [...FIXED_ORDER.slice(3).map((name) => fixedStyle(name)!), ...[0, 1, 2, 3, 4, 5].map(slotStyle)];
  expect(others.filter(({ colour }) => own.includes(colour))).toEqual([]);
  expect(fixedStyle('MySQL 5.7')).toBe(fixedStyle('mysql-5.7'));
});
