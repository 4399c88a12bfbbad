import { describe, expect, test } from 'vitest';
import { loadWorkload } from '../../workloads/load.js';
import { complaint, fileWith } from './workspace.js';

const TEXT = `name: mine
title: Mine
question: Why?
experiment: crash
crashes: 20
from: 50ms
set: { replicas: 2 }
sweep:
  wait_point: [ASYNC, AFTER_SYNC]
schedule:
  - { at: 10ms, event: stall, replica: 2 }
variants:
  - { name: as scheduled }
  - name: otherwise
    replicas_crash: host
    schedule:
      - { at: 5ms, event: crash-host, replica: 1 }
`;

const load = (text: string) => loadWorkload(fileWith('my.yaml', text));

test('crashes expand into a point for each variant and value, with its own schedule', () => {
  const { points, charts } = load(TEXT).parts[0]!;
  expect(charts).toEqual([]);
  expect(points.map(({ variant, settings }) => [variant, settings.wait_point])).toEqual([
    ['as scheduled', 'ASYNC'],
    ['as scheduled', 'AFTER_SYNC'],
    ['otherwise', 'ASYNC'],
    ['otherwise', 'AFTER_SYNC'],
  ]);
  const common = { kind: 'crash', crashes: 20, from: 50_000 };
  expect(points[0]!.experiment).toEqual({
    ...common,
    replicasCrash: 'none',
    schedule: [{ at: 10_000, event: { kind: 'stall', replica: 1 } }],
  });
  expect(points[2]!.experiment).toEqual({
    ...common,
    replicasCrash: 'host',
    schedule: [{ at: 5000, event: { kind: 'crash-host', replica: 0 } }],
  });
});

describe('an error names file, line and remedy', () => {
  test.each([
    ['crashes: 20', 'crashes: 0', /my\.yaml:5:\d+: .*at least one crash/],
    ['crashes: 20', 'crashs: 20', /my\.yaml:5:\d+: .*crashes/],
    ['replicas_crash: host', 'replicas_crash: hosts', /my\.yaml:15:\d+: /],
    ['from: 50ms', 'from: 50', /my\.yaml:6:\d+: .*a time is wanted/],
    ['from: 50ms', 'from: 7ms', /my\.yaml:11:\d+: .*set from: 10ms or later/],
    ['event: stall, replica: 2', 'event: stall, replica: 3', /my\.yaml:11:\d+: replicas: there is no replica 3/],
    ['event: crash-host', 'event: crash-hots', /my\.yaml:17:\d+: .*crash-host/],
    ['experiment: crash', 'experiment: crashes', /my\.yaml:4:\d+: .*did you mean/i],
  ])('%s made %s', (right, wrong, message) => {
    expect(complaint(() => load(TEXT.replace(right, wrong)))).toMatch(message);
  });
});
