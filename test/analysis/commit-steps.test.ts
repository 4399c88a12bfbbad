import { describe, expect, test } from 'vitest';
import { commitSteps, LANES, laneOf } from '../../analysis/commit-steps.js';
import { PHASES, REDO_FSYNC } from '../../engine/measure/phases.js';
import { traceCommit } from '../../engine/runtimes/virtual/commit-trace.js';
import { SCENARIOS } from '../engine/scenarios.js';
import { withDefaults } from '../engine/settings.js';

const textsOf = (...args: Parameters<typeof withDefaults>): string[] => {
  const settings = withDefaults(...args);
  return commitSteps(traceCommit(settings, 0.5)!, settings).map(({ text }) => text);
};

describe.each(SCENARIOS)('%s', (_, settings) => {
  test('steps come in order, in known lanes, and end with the answer', () => {
    const trace = traceCommit(settings, 0.5)!;
    const steps = commitSteps(trace, settings);
    for (const [index, { at, lane, text }] of steps.entries()) {
      expect(at).toBeGreaterThanOrEqual(steps[index - 1]?.at ?? 0);
      expect(LANES).toContain(lane);
      expect(text).toMatch(/^[A-Zb].*\.$/);
      expect(text).not.toMatch(/undefined|NaN/);
    }
    expect(steps.at(-1)).toMatchObject({ at: trace.latency, lane: 'client' });
  });
});

test('every phase has a lane', () => {
  const settings = withDefaults('mysql-5.7');
  const split = [11, 12, 13]; // An ACK's parts are told by its journey: no session is in them.
  for (const phase of PHASES.keys()) if (!split.includes(phase)) expect(LANES).toContain(laneOf(phase, settings));
});

test('5.7 AFTER_SYNC: the redo once for the group, LOCK_commit held while it waits, the engine commits after the ACK', () => {
  const texts = textsOf('mysql-5.7', { clients: 8 });
  expect(texts.findIndex((text) => /fsyncs the redo log once/.test(text))).toBeGreaterThan(0);
  expect(texts.find((text) => text.startsWith('AFTER_SYNC'))).toMatch(/waits for the ACK, and holds LOCK_commit/);
  const [acknowledged, committed] = [/^It is acknowledged: 1 replica has it/, /^Commit stage/].map((pattern) =>
    texts.findIndex((text) => pattern.test(text)),
  );
  expect(acknowledged).toBeLessThan(committed!);
});

test('5.6: each for itself at prepare, the engine commits first, the dump reader takes the ACK', () => {
  const texts = textsOf('mysql-5.6', { clients: 8 });
  expect(texts.some((text) => text.startsWith('Prepare: its redo is fsynced'))).toBe(true);
  expect(texts.findIndex((text) => text.startsWith('Commit stage'))).toBeLessThan(
    texts.findIndex((text) => text.startsWith('AFTER_COMMIT')),
  );
  expect(texts.some((text) => text.startsWith('The dump reader takes the ACK'))).toBe(true);
});

test('sync_relay_log=1: an fsync for each of the five events', () => {
  const texts = textsOf('mysql-5.7', { clients: 1, sync_relay_log: 1 });
  expect(texts.filter((text) => /fsyncs its relay log/.test(text))).toHaveLength(5);
});

test('a redo fsync of its own belongs to the client, one for the group to the flush stage', () => {
  expect(laneOf(REDO_FSYNC, withDefaults('mysql-5.6'))).toBe('client');
  expect(laneOf(REDO_FSYNC, withDefaults('mysql-5.7'))).toBe('flush');
});
