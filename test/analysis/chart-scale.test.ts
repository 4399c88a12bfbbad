import { describe, expect, it } from 'vitest';
import {
  linearAxis,
  logAxis,
  measuredTicks,
  spreadLabels,
  xScaleKind,
  yScaleKind,
} from '../../analysis/chart-scale.js';

describe('scale of x', () => {
  it('is logarithmic where values span a factor of eight', () => {
    expect(xScaleKind([1, 2, 4, 8], undefined, false)).toBe('log');
    expect(xScaleKind([1, 2, 3, 4, 5], undefined, false)).toBe('linear');
  });

  it('is ordinal where a logarithm would have to show 0', () => {
    expect(xScaleKind([0, 100, 1000], undefined, false)).toBe('ordinal');
    expect(xScaleKind([0, 100, 1000], 'log', false)).toBe('ordinal');
  });

  it('is ordinal for text, for a single value, and where 0 means something else', () => {
    expect(xScaleKind(['200/1000', '1000/5000'], undefined, false)).toBe('ordinal');
    expect(xScaleKind([16], 'log', false)).toBe('ordinal');
    expect(xScaleKind([1, 10, 10_000], undefined, true)).toBe('ordinal');
    expect(xScaleKind([1, 10, 10_000], 'log', true)).toBe('log');
  });
});

describe('scale of y', () => {
  it('is logarithmic from a factor of thirty on', () => {
    expect(yScaleKind([100, 2999], undefined)).toBe('linear');
    expect(yScaleKind([100, 3000], undefined)).toBe('log');
  });

  it('does not take the logarithm of 0', () => {
    expect(yScaleKind([0, 3000], 'log')).toBe('linear');
  });
});

describe('axes', () => {
  it('start at zero and end at a round number', () => {
    expect(linearAxis([820, 7680])).toEqual({ domain: [0, 8000], ticks: [0, 2000, 4000, 6000, 8000] });
  });

  it('leave room for the mark of a point at the topmost tick', () => {
    // 3 % of 100.
    expect(linearAxis([0, 100])).toEqual({ domain: [0, 103], ticks: [0, 20, 40, 60, 80, 100] });
  });

  it('have clean ticks in tenths', () => {
    expect(linearAxis([0.27]).ticks).toEqual([0, 0.1, 0.2, 0.3]);
  });

  it('survive a flat line', () => {
    expect(linearAxis([0, 0])).toEqual({ domain: [0, 1], ticks: [0, 1] });
    expect(logAxis([1000, 1000]).ticks).toEqual([500, 1000, 2000]);
  });

  it('have ticks at 1, 2, 5 over two decades, at 1 and 3 over three, at powers of ten beyond', () => {
    expect(logAxis([150, 7000])).toEqual({ domain: [100, 10_000], ticks: [100, 200, 500, 1000, 2000, 5000, 10_000] });
    expect(logAxis([15, 7000]).ticks).toEqual([10, 30, 100, 300, 1000, 3000, 10_000]);
    expect(logAxis([1.1, 9000]).ticks).toEqual([1, 10, 100, 1000, 10_000]);
  });

  it('do not end a decade above the highest point', () => {
    expect(logAxis([1.1, 1340]).domain).toEqual([1, 2000]);
  });
});

it('ticks are measured values, first and last kept, as many as there is room for', () => {
  // 64 = 2^6 over 240 pixels: 40 pixels for each doubling.
  expect(measuredTicks([1, 2, 4, 8, 16, 32, 64], 'log', 240, 40)).toEqual([1, 2, 4, 8, 16, 32, 64]);
  expect(measuredTicks([1, 2, 4, 8, 16, 32, 64], 'log', 240, 41)).toEqual([1, 4, 16, 64]);
  expect(measuredTicks([5], 'linear', 240, 40)).toEqual([5]);
});

describe('labels at line ends', () => {
  it('stay where they belong while they do not touch', () => {
    expect(spreadLabels([100, 20, 60], 15, 200)).toEqual([100, 20, 60]);
  });

  it('move apart by the same amount', () => {
    // Wished 50 and 54; 15 apart around their mean of 52.
    expect(spreadLabels([50, 54], 15, 200)).toEqual([44.5, 59.5]);
  });

  it('push a third one along', () => {
    // Around the mean of 50, 54 and 60, which is 54 2/3.
    const places = spreadLabels([50, 54, 60], 15, 200)!;
    expect(places.map((place) => place.toFixed(2))).toEqual(['39.67', '54.67', '69.67']);
  });

  it('stay inside', () => {
    expect(spreadLabels([0, 2, 4], 15, 200)).toEqual([0, 15, 30]);
    expect(spreadLabels([199, 200], 15, 200)).toEqual([185, 200]);
  });

  it('give up where they do not fit', () => {
    expect(spreadLabels([1, 2, 3], 15, 29)).toBeUndefined();
  });
});
