import { describe, expect, test } from 'vitest';
import { loadWorkload, parseSetOption } from '../../workloads/load.js';
import { withRuntimes } from '../../workloads/runtimes.js';
import { complaint, fileWith } from './workspace.js';

const TEXT = `name: mine
title: Mine
question: Why?
experiment: timeline
duration: 2s
interval: 100ms
set: { replicas: 2 }
sweep:
  timeout: [100ms, 1s]
schedule:
  - { at: 500ms, event: crash-host, replica: 2 }
  - { at: 1s, set: { rtt: 20ms, wait_no_slave: OFF } }
variants:
  - { name: as scheduled }
  - name: otherwise
    schedule:
      - { at: 1s, replica: 1, set: { relay_fsync: 5ms } }
`;

const load = (text: string, ...set: string[]) => loadWorkload(fileWith('my.yaml', text), set.map(parseSetOption));
const pointsOf = (text: string, ...set: string[]) => load(text, ...set).parts[0]!.points;

describe('a timeline expands', () => {
  test('into a run for each variant and value, with its own schedule in µs and replicas from 0', () => {
    const points = pointsOf(TEXT);
    expect(points.map(({ variant }) => variant)).toEqual([
      'as scheduled, timeout=100ms',
      'as scheduled, timeout=1s',
      'otherwise, timeout=100ms',
      'otherwise, timeout=1s',
    ]);
    expect(points[1]!.settings.timeout).toBe(1_000_000);
    expect(points[0]!.experiment).toEqual({
      kind: 'timeline',
      duration: 2_000_000,
      interval: 100_000,
      schedule: [
        { at: 500_000, event: { kind: 'crash-host', replica: 1 } },
        { at: 1_000_000, event: { kind: 'set', parameter: 'rtt', value: { kind: 'constant', mean: 20_000 } } },
        { at: 1_000_000, event: { kind: 'set', parameter: 'wait_no_slave', value: false } },
      ],
    });
    expect(points[2]!.experiment?.schedule).toEqual([
      {
        at: 1_000_000,
        event: { kind: 'set', parameter: 'relay_fsync', value: { kind: 'constant', mean: 5000 }, replica: 0 },
      },
    ]);
  });

  test('and --set narrows its axes as a sweep does', () => {
    expect(pointsOf(TEXT, 'timeout=3s').map(({ settings }) => settings.timeout)).toEqual([3_000_000, 3_000_000]);
  });

  test('onto virtual time alone', () => {
    expect(complaint(() => withRuntimes(load(TEXT), 'threads', 5))).toBe(
      '--runtime threads: mine runs under virtual time only; leave --runtime out',
    );
    const { parts } = withRuntimes(load(TEXT), 'both', 5);
    expect(parts[0]!.points.map(({ runtime }) => runtime)).toEqual(['virtual', 'virtual', 'virtual', 'virtual']);
  });
});

test.each([
  [
    'crash-host',
    'crsh-host',
    'my.yaml:11:25: "schedule.0.event": unknown event "crsh-host"; did you mean "crash-host"?',
  ],
  ['rtt: 20ms', 'rt: 20ms', 'my.yaml:12:22: unknown parameter that can change during a run "rt"; did you mean "rtt"?'],
  ['rtt: 20ms', 'rtt: 1ms/2ms', 'my.yaml:12:27: rtt: one value is wanted; give each replica an event with "replica:"'],
  ['replica: 2 }', 'replica: 0 }', 'my.yaml:11:46: "schedule.0.replica": replicas are numbered from 1'],
  ['replica: 2 }', 'replica: 3 }', 'my.yaml:11:5: replicas: there is no replica 3 among 2'],
  [', replica: 2 }', ' }', 'my.yaml:11:5: crash-host of which replica? add "replica: 1"'],
  ['event: crash-host, ', '', 'my.yaml:11:5: say what happens, either as "event: crash-host" or as "set: {rtt: 20ms}"'],
  ['at: 500ms', 'at: 5s', 'my.yaml:11:11: at: the run ends at 2s, before this'],
  ['at: 500ms', 'at: 500', 'my.yaml:11:11: "schedule.0.at": a time is wanted, such as 500ms or 5s'],
  ['at: 500ms', 'at: 5 min', 'my.yaml:11:11: at: "5 min" has an unknown unit; use ns, us, ms or s'],
  ['interval: 100ms\n', '', 'my.yaml:1:1: "interval" is missing'],
  ['100ms\nset', '10us\nset', 'my.yaml:6:11: interval: 200000 rows a run; 10000 at most, take a longer one'],
  ['100ms\nset', '3s\nset', 'my.yaml:6:11: interval: must be above 0 and at most the duration, 2s'],
  ['duration: 2s', 'duration: 0s', 'my.yaml:5:11: duration: a run needs more than no time'],
  [
    'experiment: timeline',
    'experiment: timelin',
    'my.yaml:4:13: "experiment": unknown experiment "timelin"; did you mean "timeline"?',
  ],
  ['question', 'runtime: threads\nquestion', 'my.yaml:3:1: unknown key "runtime"'],
])('%j in place of %j is refused, with its place', (good, bad, message) => {
  expect(TEXT).toContain(good);
  expect(complaint(() => load(TEXT.replace(good, bad)))).toContain(message);
});

test('a timeline in which nothing happens is refused', () => {
  const [head = ''] = TEXT.split('schedule:');
  expect(complaint(() => load(head))).toContain('nothing happens; add a "schedule" with an event');
});
