import { expect, test } from 'vitest';
import { joinWorkloads } from '../../workloads/join.js';
import { loadWorkload } from '../../workloads/load.js';

test('one workload is left as it is', () => {
  const latency = loadWorkload('latency');
  expect(joinWorkloads([latency])).toBe(latency);
});

test('points are numbered through, and everything keeps a name of its own', () => {
  const [latency, quorum] = [loadWorkload('latency'), loadWorkload('quorum')];
  // Another file may call itself and its part the same.
  const joined = joinWorkloads([latency, quorum, { ...latency, name: 'mine' }]);
  expect(joined.name).toBe('latency+quorum+mine');
  const points = joined.parts.flatMap((part) => part.points);
  expect(points.map((point) => point.index)).toEqual(points.map((_, index) => index));
  expect(joined.parts.map((part) => part.name)).toEqual(['latency', 'quorum', 'mine-latency']);
  for (const part of joined.parts)
    expect(new Set(part.points.map((point) => point.part))).toEqual(new Set([part.name]));
  const charts = joined.parts.flatMap((part) => part.charts.map((chart) => chart.name));
  expect(new Set(charts).size).toBe(charts.length);
});

test('a workload named twice is a slip', () => {
  const latency = loadWorkload('latency');
  expect(() => joinWorkloads([latency, latency])).toThrow('the workload "latency" is given twice; name it once');
});
