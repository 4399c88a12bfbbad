/** The version table: each choice can be switched alone, and each one that is switched changes what happens. */
import { describe, expect, test } from 'vitest';
import { checkSettings, SettingsError } from '../../../engine/protocol/check-settings.js';
import type { Settings } from '../../../engine/protocol/parameters.js';
import { CHOICE_VALUES, type ChoiceName, PROFILE_NAMES } from '../../../engine/protocol/profiles.js';
import { createVirtualCluster } from '../../../engine/runtimes/virtual/cluster.js';
import { firstDivergence, traceOf } from '../runtimes/virtual/trace.js';
import { constant, withDefaults } from '../settings.js';

/** These say what may be asked for, not what happens: they are obeyed by refusal. */
const BY_REFUSAL: readonly ChoiceName[] = ['wait_points', 'ack_quorum'];

/** Where a choice shows at all: an ACK's release needs several waiters, LOCK_log in the fsync an fsync, and so on. */
function situations(): Settings[] {
  return PROFILE_NAMES.flatMap((profile) =>
    (['AFTER_COMMIT', 'AFTER_SYNC'] as const)
      .filter((wait_point) => profile !== 'mysql-5.6' || wait_point === 'AFTER_COMMIT')
      .map((wait_point) => withDefaults(profile, { wait_point, clients: 24, rtt: [constant(1000)] })),
  );
}

const switches = Object.entries(CHOICE_VALUES)
  .filter(([name]) => !BY_REFUSAL.includes(name as ChoiceName))
  .map(([name, values]) => [name as ChoiceName, values as readonly string[]] as const);

test.each(switches)('%s, switched alone, changes the course of events', (name, values) => {
  const effective = situations().filter((settings) => {
    const traces = values.map((value) => traceOf({ ...settings, [name]: value }, 300));
    return firstDivergence(traces[0]!, traces[1]!) !== undefined;
  });
  expect(effective.length).toBeGreaterThan(0);
});

describe('what may be asked for', () => {
  test('AFTER_SYNC needs wait_points=both', () => {
    const settings = withDefaults('mysql-5.7', { wait_point: 'AFTER_SYNC' });
    expect(checkSettings(settings)).toBe(settings);
    expect(() => checkSettings({ ...settings, wait_points: 'AFTER_COMMIT' })).toThrow(SettingsError);
  });

  test('a quorum of two needs ack_quorum=counted', () => {
    const settings = withDefaults('mysql-5.7', { replicas: 2, wait_for_slave_count: 2 });
    expect(checkSettings(settings)).toBe(settings);
    expect(() => checkSettings({ ...settings, ack_quorum: 'first' })).toThrow(SettingsError);
  });

  test('a mutexed reader under AFTER_SYNC is refused exactly where it deadlocks with LOCK_log', () => {
    for (const stage_queues of CHOICE_VALUES.stage_queues)
      for (const after_sync_wait of CHOICE_VALUES.after_sync_wait)
        for (const log_lock_in_fsync of CHOICE_VALUES.log_lock_in_fsync)
          for (const sync_binlog of [0, 1]) {
            const choices = { stage_queues, after_sync_wait, log_lock_in_fsync, sync_binlog };
            const settings = withDefaults('mysql-5.7', {
              binlog_reader: 'mutexed',
              clients: 16,
              timeout: 1e5,
              ...choices,
            });
            const { kernel, source } = createVirtualCluster(settings, () => {});
            kernel.run(2e5);
            const deadlocks = source.semisync.noTimes > 0;
            if (deadlocks) expect(() => checkSettings(settings), JSON.stringify(choices)).toThrow(SettingsError);
            else expect(checkSettings(settings), JSON.stringify(choices)).toBe(settings);
          }
  });
});
